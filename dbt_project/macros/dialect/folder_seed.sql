{# The rows of a seed that the data folder brings along (fitted on its data), where there are any, else the shipped seed.
   With and_shipped=true both count: what people decide is added to what is shipped. #}
{% macro folder_seed(name, and_shipped=false) -%}
    {{ return(adapter.dispatch('folder_seed', 'customer360')(name, and_shipped)) }}
{%- endmacro %}

{% macro postgres__folder_seed(name, and_shipped) -%}
    select * from {{ ref(name) }}
    {%- if not and_shipped %}
    where not exists (select * from {{ source('raw', 'folder_seeds') }} where seed = '{{ name }}')
    {%- endif %}

    union all

    select filled.*
    from {{ source('raw', 'folder_seeds') }} as folder_seeds
    cross join lateral jsonb_populate_record(cast(null as {{ ref(name) }}), folder_seeds.row_values) as filled
    where folder_seeds.seed = '{{ name }}'
{%- endmacro %}
