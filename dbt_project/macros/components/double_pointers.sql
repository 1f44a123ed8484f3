{# Every label with what the label that it points to points to: label, root, has_moved. Where each label points to its smallest
   neighbour, the only circles are of two labels that point to each other; of these the smaller becomes the root. #}
{% macro double_pointers(pointers) -%}
    select
        here.label,
        case when there.root = here.label then least(here.label, here.root) else there.root end as root,
        there.root <> here.root as has_moved
    from {{ pointers }} as here
    inner join {{ pointers }} as there
        on here.root = there.label
{%- endmacro %}
