"""exports/dashboard.html: the three pages of the Power BI report for everybody else, and one about the runs.

It is one file that needs no network. ``tables`` reads the published marts (the queries are in ``sql/``), ``operations``
holds what is told of the runs, ``columns`` packs both, ``library`` is the charting library, and ``page`` puts them
together with the files in ``page/``, which the browser runs as they stand: they share one scope, in the order in which
``page`` lists them. What figures mean, and titles, come from ``customer360.powerbi``.

Totals are made in the page from sums over all customers, by whatever the reader filters; rows of single customers are
only there for the table, the scatter plot and the view of one customer, and above a limit only of those who matter.
"""

from customer360.dashboard.write import NAME, write_dashboard

__all__ = ["NAME", "write_dashboard"]
