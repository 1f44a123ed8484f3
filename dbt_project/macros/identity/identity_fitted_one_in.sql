{# A fit looks at the pairs within one in so many nodes: at as many pairs, about, as the nodes of the variable have. #}
{% macro identity_fitted_one_in(nodes) -%}
    {%- if not execute or not load_relation(nodes) -%}
        {{ return(1) }}
    {%- endif -%}
    {%- set found = run_query("select count(*) as nodes from " ~ nodes) -%}
    {{ return([1, ((found.rows[0]['nodes'] | int / var('identity_fitted_nodes')) ** 0.5) | int] | max) }}
{%- endmacro %}
