{# Follows the pointers of a table (label, root) until all point to roots; returns the table where they do, and drops the
   one given. Every label takes over where the one that it points to points, which doubles the way in each step. #}
{% macro follow_pointers(pointers, target, round_number, step) -%}
    {%- set further = working_relation(target, 'roots_' ~ round_number ~ '_' ~ step) -%}
    {%- do make_working_table(further, double_pointers(pointers)) -%}
    {%- do drop_working_table(pointers) -%}
    {%- if count_rows(further, 'has_moved') -%}
        {{ return(follow_pointers(further, target, round_number, step + 1)) }}
    {%- endif -%}
    {{ return(further) }}
{%- endmacro %}
