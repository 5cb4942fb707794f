"""What was settled: money paid or come back, and approved lines whose paid list has not come back yet.

A line of a frozen run counts by its own amount until the paid list tells (``RunLine.paid``); from then on its payments
count instead. An open claim is such a line with a negative amount, so that nothing is claimed twice. Payments of a
record that was merged count for the person who was kept.
"""

from apps.benefits.choices import RUN_FROZEN

FROZEN = ", ".join(f"'{state}'" for state in RUN_FROZEN)

SETTLED = f"""
SELECT coalesce(person.merged_into_id, paid.retiree_id) AS retiree_id, paid.benefit_id, paid.month,
       sum(paid.amount) AS money, max(paid.name) AS name, max(paid.unit_id) AS unit_id
FROM (
    SELECT retiree_id, benefit_id, month, amount, name, unit_id FROM benefits_payment
    WHERE county_id = %(county)s AND month = ANY(%(months)s::date[]) AND benefit_id = ANY(%(benefits)s::bigint[])
    UNION ALL
    SELECT line.retiree_id, line.benefit_id, line.month, line.amount, line.name, line.unit_id
    FROM benefits_runline line JOIN benefits_run run ON run.id = line.run_id AND run.state IN ({FROZEN})
    WHERE line.county_id = %(county)s AND line.month = ANY(%(months)s::date[])
      AND line.benefit_id = ANY(%(benefits)s::bigint[]) AND line.paid IS NULL
) paid
JOIN retirees_retiree person ON person.id = paid.retiree_id
GROUP BY 1, 2, 3
"""
"""Parameters: county, months (array of first days), benefits (array of keys). Rows of people whom the scope does not
show are left out: who has moved away is reckoned by the portal itself (actions/compute.py)."""
