"""The services of a week's app: PostgreSQL, a cache, a storage. `manager` opens and closes them."""
