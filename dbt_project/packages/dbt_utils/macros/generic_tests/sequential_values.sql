{# Fails for each row whose value is not the one before it plus the interval (in dateparts, where one is given). #}
{% test sequential_values(model, column_name, interval=1, datepart=none, group_by_columns=[]) %}
    {{ return(adapter.dispatch('test_sequential_values', 'dbt_utils')(model, column_name, interval, datepart, group_by_columns)) }}
{% endtest %}

{% macro default__test_sequential_values(model, column_name, interval=1, datepart=none, group_by_columns=[]) %}
with

followed as (
    select
        {% for column in group_by_columns -%}
        {{ column }},
        {% endfor -%}
        {{ column_name }},
        lag({{ column_name }}) over (
            {% if group_by_columns %}partition by {{ group_by_columns | join(', ') }}{% endif %}
            order by {{ column_name }}
        ) as previous_{{ column_name }}
    from {{ model }}
)

select *
from followed
where
    {% if datepart -%}
    not (
        cast({{ column_name }} as {{ dbt.type_timestamp() }})
        = cast({{ dbt.dateadd(datepart, interval, 'previous_' ~ column_name) }} as {{ dbt.type_timestamp() }})
    )
    {%- else -%}
    not ({{ column_name }} = previous_{{ column_name }} + {{ interval }})
    {%- endif %}
{% endmacro %}
