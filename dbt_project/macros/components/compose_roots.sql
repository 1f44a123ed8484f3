{# The roots of one round with what became of these roots in the rounds after it. #}
{% macro compose_roots(roots, later_roots) -%}
    select
        roots.label,
        coalesce(later.root, roots.root) as root
    from {{ roots }} as roots
    left join {{ later_roots }} as later
        on roots.root = later.label
{%- endmacro %}
