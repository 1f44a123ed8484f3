{# How well a record does by the criterion that a column names; the highest wins. #}
{% macro survivorship_score(criterion) -%}
    case {{ criterion }}
        when 'source_priority' then priority
        when 'recency' then -recency_rank
        when 'validity' then validity
        when 'completeness' then completeness
        when 'vote' then votes
    end
{%- endmacro %}
