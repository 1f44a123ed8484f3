{# The nodes with their clusters after some were joined. #}
{% macro rename_clusters(clusters, joined) -%}
    select
        clusters.node,
        coalesce(joined.kept, clusters.cluster) as cluster
    from {{ clusters }} as clusters
    left join {{ joined }} as joined
        on clusters.cluster = joined.gone
{%- endmacro %}
