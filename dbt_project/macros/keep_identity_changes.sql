{# For on-run-end: what a run of dbt from the shell found about keys is kept, since readers see its marts at once. The
   pipeline keeps it in the transaction that publishes. #}
{% macro keep_identity_changes(results) -%}
    {%- if execute and target.name == 'local' and flags.WHICH in ('run', 'build') -%}
        {%- set built = [] -%}
        {%- for result in results if result.status == 'success' and result.node.resource_type == 'model' -%}
            {%- do built.append(result.node.name) -%}
        {%- endfor -%}
        {%- if 'int_customer_identity' in built and 'int_identity_changes' in built -%}
            select identity.keep_changes('dbt-{{ invocation_id }}')
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
