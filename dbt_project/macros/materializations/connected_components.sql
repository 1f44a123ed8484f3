{# A table of the connected components of a graph. The model's query gives its edges, node_1 and node_2, as whole
   numbers; a node without an edge is an edge to itself. The table has a row for each node: node, and component, the
   smallest node that it is connected with. With the configuration `largest` edges have a weight, of `weakest` or more, and
   components with more nodes are cut at their weakest edges. #}
{% materialization connected_components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set built = make_intermediate_relation(target_relation) -%}
    {%- set backup = make_backup_relation(target_relation, 'table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- do drop_relation_if_exists(load_cached_relation(built)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {# Begins the transaction, which run_query does not: what a killed run began leaves nothing behind. #}
    {%- call statement('begin') -%}
        select 1
    {%- endcall -%}
    {%- set found = find_components(sql, built) -%}
    {%- call statement('main') -%}
        {{ get_create_table_as_sql(False, built, found['query']) }}
    {%- endcall -%}
    {%- for relation in found['working_tables'] -%}
        {%- do drop_working_table(relation) -%}
    {%- endfor -%}
    {%- if config.get('largest') -%}
        {%- do cut_components(sql, built, config.get('largest'), config.get('weakest')) -%}
    {%- endif -%}

    {%- if existing -%}
        {%- do adapter.rename_relation(existing, backup) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(built, target_relation) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {%- do drop_relation_if_exists(backup) -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
