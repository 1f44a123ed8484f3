{# A table of clusters by average linkage. The model's query gives pairs of nodes, node_1 and node_2, with a weight: all
   pairs of every group that may become one cluster. Clusters that are each other's best are joined, round by round,
   while the mean weight of the pairs between them is not below zero. The table has a row for each node: node and
   cluster, which is its smallest node. #}
{% materialization average_linkage, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set built = make_intermediate_relation(target_relation) -%}
    {%- set backup = make_backup_relation(target_relation, 'table') -%}
    {%- do drop_relation_if_exists(load_cached_relation(built)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- do link_by_average(sql, built) -%}
    {%- call statement('main') -%}
        select count(*) from {{ built }}
    {%- endcall -%}

    {%- set existing = load_cached_relation(this) -%}
    {%- if existing -%}
        {%- do adapter.rename_relation(existing, backup) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(built, target_relation) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {%- do drop_relation_if_exists(backup) -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
