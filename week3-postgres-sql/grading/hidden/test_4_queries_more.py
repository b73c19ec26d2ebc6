"""Task 4 on more rows, and on none."""

from classroom import task


@task(4)
def test_all_resources_of_many(queries_of_many, queries_of_none):
    """queries/01_all_resources.sql answers rightly on tables with some dozens of rows, and with none."""
    queries_of_many.answers("queries/01_all_resources.sql", queries_of_many.course.all_resources())
    queries_of_none.answers("queries/01_all_resources.sql", [])


@task(4)
def test_food_resources_of_many(queries_of_many, queries_of_none):
    """queries/02_food_resources.sql answers rightly on tables with some dozens of rows, and with none."""
    queries_of_many.answers("queries/02_food_resources.sql", queries_of_many.course.food_resources(), free=True)
    queries_of_none.answers("queries/02_food_resources.sql", [], free=True)


@task(4)
def test_search_pantry_of_many(queries_of_many, queries_of_none):
    """queries/03_search_pantry.sql answers rightly on tables with some dozens of rows, and with none."""
    queries_of_many.answers("queries/03_search_pantry.sql", queries_of_many.course.search_pantry())
    queries_of_none.answers("queries/03_search_pantry.sql", [])


@task(4)
def test_referrals_with_resource_of_many(queries_of_many, queries_of_none):
    """queries/04_referrals_with_resource.sql answers rightly on tables with some dozens of rows, and with none."""
    queries_of_many.answers("queries/04_referrals_with_resource.sql", queries_of_many.course.referrals_with_resource())
    queries_of_none.answers("queries/04_referrals_with_resource.sql", [])


@task(4)
def test_referrals_per_resource_of_many(queries_of_many, queries_of_none):
    """queries/05_referrals_per_resource.sql answers rightly on tables with some dozens of rows, and with none."""
    queries_of_many.answers("queries/05_referrals_per_resource.sql", queries_of_many.course.referrals_per_resource())
    queries_of_none.answers("queries/05_referrals_per_resource.sql", [])
