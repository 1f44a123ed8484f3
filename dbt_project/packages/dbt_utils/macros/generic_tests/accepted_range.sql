{# Fails for each row whose value lies outside the range; nulls pass; the bounds themselves pass where inclusive. #}
{% test accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}
    {{ return(adapter.dispatch('test_accepted_range', 'dbt_utils')(model, column_name, min_value, max_value, inclusive)) }}
{% endtest %}

{% macro default__test_accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}
{%- set conditions = [] -%}
{%- if min_value is not none -%}
    {%- do conditions.append('not ' ~ column_name ~ (' >= ' if inclusive else ' > ') ~ min_value) -%}
{%- endif -%}
{%- if max_value is not none -%}
    {%- do conditions.append('not ' ~ column_name ~ (' <= ' if inclusive else ' < ') ~ max_value) -%}
{%- endif -%}
select *
from {{ model }}
where {{ conditions | join(' or ') if conditions else '1 = 2' }}
{% endmacro %}
