"""Thirty-seven statements of mixed shape over the shop, with changes of rows between them."""

# ruff: noqa: E501  # statements are as long as they are
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kyumei.replay.incidents.query_2025.shop import Shop

COUNT = 37


def everything(shop: Shop) -> None:
    """Let `report` read 37 times while the shop goes on."""
    by_key(shop)
    by_pages(shop)
    by_joins(shop)
    between_changes(shop)
    by_functions(shop)
    into_files(shop)


def customers(where: str) -> dict[str, str]:
    """Return what says in SQLite's words that these customers are shown."""
    return {"customers": f"select id from customers where {where}"}


def by_key(shop: Shop) -> None:
    """Read single rows, ranges, patterns and with bound values."""
    dice, sql = shop.dice, shop.dialect
    one, low = dice.between(1, 179), dice.between(1, 149)
    shop.read(f"SELECT * FROM customers WHERE id = {one}", customers(f"id = {one}"))
    shop.read(
        f"SELECT name, phone FROM customers WHERE id BETWEEN {low} AND {low + 9}", customers(f"id between {low} and {low + 9}")
    )
    likes = {"postgres": "email ILIKE 'YAMA%'", "oracle": "UPPER(email) LIKE 'YAMA%'"}.get(sql, "email LIKE 'YAMA%'")
    shop.read(f"SELECT name, email FROM customers WHERE {likes}", customers("lower(email) like 'yama%'"))
    national = "N" if sql == "sqlserver" else ""
    shop.read(f"SELECT name, birthday\nFROM customers\nWHERE name LIKE {national}'佐藤%'", customers("name like '佐藤%'"))
    shop.read("SELECT email FROM customers WHERE id = ?", customers(f"id = {one + 3}"), (str(one + 3),))
    born = "TO_DATE(?, 'YYYY-MM-DD')" if sql == "oracle" else "?"
    shop.read(
        f"SELECT name FROM customers WHERE pref = ? AND birthday < {born}",
        customers("pref = '大阪府' and birthday < '1970-01-01'"),
        ("大阪府", "1970-01-01"),
    )
    shop.read(
        f"SELECT member_no FROM customers WHERE (id = {one} OR email LIKE '%.net') AND NOT pref = {national}'北海道' AND birthday IS NOT NULL",
        customers(f"(id = {one} or email like '%.net') and pref <> '北海道'"),
    )
    shop.read("SELECT COUNT(*) FROM customers", {})
    shop.read("SELECT pref, COUNT(*), MIN(birthday) FROM customers GROUP BY pref", {})


def by_pages(shop: Shop) -> None:
    """Read page by page in each of the database's ways."""
    for number in range(3):
        start = number * 10 + 20
        shop.read(page(shop, start, number), {"customers": f"select id from customers order by id limit 10 offset {start}"})
    first = "SELECT name FROM customers ORDER BY birthday DESC, id"
    shop.read(
        {"sqlserver": first.replace("SELECT", "SELECT TOP (7)"), "oracle": f"{first} FETCH FIRST 7 ROWS ONLY"}.get(
            shop.dialect, f"{first} LIMIT 7"
        ),
        {"customers": "select id from customers order by birthday desc, id limit 7"},
    )
    shop.read(
        "SELECT t.name FROM (SELECT c.*, ROW_NUMBER() OVER (ORDER BY c.id) AS rn FROM customers c) t WHERE t.rn BETWEEN 31 AND 36",
        {
            "customers": "select id from (select id, row_number() over (order by id) rn from customers) where rn between 31 and 36"
        },
    )


def page(shop: Shop, start: int, number: int) -> str:
    """Return the query of ten rows from a place on; the third page is asked for in the old way where there is one."""
    listed = "SELECT id, name, email FROM customers ORDER BY id"
    if shop.dialect in {"mysql", "postgres"}:
        return f"{listed} LIMIT 10 OFFSET {start}"
    if number < 2:
        return f"{listed} OFFSET {start} ROWS FETCH NEXT 10 ROWS ONLY"
    if shop.dialect == "oracle":
        return f"SELECT * FROM (SELECT a.*, ROWNUM rn FROM ({listed}) a WHERE ROWNUM <= {start + 10}) WHERE rn > {start}"
    numbered = "WITH p AS (SELECT id, name, email, ROW_NUMBER() OVER (ORDER BY id) AS rn FROM dbo.customers WITH (NOLOCK))"
    return f"{numbered} SELECT id, name, email FROM p WHERE rn > {start} AND rn <= {start + 10}"


def by_joins(shop: Shop) -> None:
    """Read over several tables."""
    oracle, national = shop.dialect == "oracle", "N" if shop.dialect == "sqlserver" else ""
    shop.read(
        "SELECT c.name, o.item, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 38000",
        customers("id in (select customer_id from orders where total > 38000)"),
    )
    outer = "FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id WHERE o.id IS NULL"
    marked = "FROM customers c, orders o WHERE o.customer_id(+) = c.id AND o.id IS NULL"
    shop.read(f"SELECT c.name, c.email {marked if oracle else outer}", customers("id not in (select customer_id from orders)"))
    shop.read(
        "SELECT email FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE item = 'tea' AND total > 30000)",
        customers("id in (select customer_id from orders where item = 'tea' and total > 30000)"),
    )
    shop.read(
        "SELECT c.phone FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total < 700)",
        customers("id in (select customer_id from orders where total < 700)"),
    )
    day = "DATE '2025-02-14'" if oracle else "'2025-02-14'"
    shop.read(
        f"SELECT DISTINCT c.name, c.email FROM customers c INNER JOIN orders o ON c.id = o.customer_id WHERE o.ordered_on = {day}",
        customers("id in (select customer_id from orders where ordered_on = '2025-02-14')"),
    )
    shop.read(
        "SELECT c.name, c.email, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id"
        " GROUP BY c.id, c.name, c.email HAVING COUNT(*) >= 6 ORDER BY spent DESC",
        customers("id in (select customer_id from orders group by customer_id having count(*) >= 6)"),
    )
    shop.read(
        f"SELECT name, email FROM customers WHERE pref = {national}'宮城県' UNION SELECT name, email FROM enquiries WHERE body = {national}'返品'",
        customers("pref = '宮城県'") | {"enquiries": "select id from enquiries where body = '返品'"},
    )
    top, limit = ("TOP 5 ", "") if shop.dialect == "sqlserver" else ("", " FETCH FIRST 5 ROWS ONLY" if oracle else " LIMIT 5")
    shop.read(
        "WITH big AS (SELECT customer_id, SUM(total) AS s FROM orders GROUP BY customer_id)"
        f" SELECT {top}c.name FROM big JOIN customers c ON c.id = big.customer_id ORDER BY big.s DESC, c.id{limit}",
        {"customers": "select customer_id from orders group by 1 order by sum(total) desc, 1 limit 5"},
    )
    shop.read(
        "SELECT o.id, (SELECT c.name FROM customers c WHERE c.id = o.customer_id) AS who FROM orders o WHERE o.total = 500",
        customers("id in (select customer_id from orders where total = 500)"),
    )
    shop.read(
        "SELECT a.name, b.member_no FROM customers a JOIN customers b ON a.phone = b.phone AND a.id < b.id",
        customers("phone in (select phone from customers group by phone having count(*) > 1)"),
    )


def between_changes(shop: Shop) -> None:
    """Read what was just added, changed and removed."""
    new = shop.register()
    shop.read(f"SELECT name FROM customers WHERE id >= {new}", customers(f"id >= {new}"))
    moved = shop.dice.between(1, 49)
    shop.change(f"UPDATE customers SET email = 'moved@example.org', pref = '沖縄県' WHERE id = {moved}")
    shop.read("SELECT name, phone FROM customers WHERE email = 'moved@example.org'", customers(f"id = {moved}"))
    gone = shop.dice.between(101, 139)
    shop.change(f"DELETE FROM customers WHERE id = {gone}")
    shop.read(f"SELECT * FROM customers WHERE id IN ({gone}, {gone + 1})", customers(f"id = {gone + 1}"))
    rolled_back(shop)
    uncommitted(shop)


def rolled_back(shop: Shop) -> None:
    """Read what a transaction of one's own made, and again after it was undone."""
    shop.db.execute("begin")
    shop.begin(77, "report")
    shop.change("UPDATE customers SET pref = '試験' WHERE id BETWEEN 50 AND 59", session=77, account="report")
    shop.read("SELECT name FROM customers WHERE pref = '試験'", customers("pref = '試験'"))
    shop.end(77, "report", "ROLLBACK")
    shop.db.execute("rollback")
    shop.read("SELECT phone FROM customers WHERE pref = '試験'", customers("pref = '試験'"))


def uncommitted(shop: Shop) -> None:
    """Read while another session has changed rows and not committed yet, then after it has."""
    shop.begin(12, "app")
    change = "UPDATE customers SET pref = '保留' WHERE id BETWEEN 60 AND 64"
    joined = "UPDATE c SET c.pref = N'保留' FROM dbo.customers AS c WHERE c.id BETWEEN 60 AND 64"
    shop.say(12, "app", joined if shop.dialect == "sqlserver" else change)
    shop.read("SELECT birthday FROM customers WHERE pref = '保留'", customers("pref = '保留'"))
    shop.end(12, "app", "COMMIT")
    shop.db.execute(change)
    shop.read("SELECT birthday, name FROM customers WHERE pref = '保留'", customers("pref = '保留'"))


def by_functions(shop: Shop) -> None:
    """Read with conditions and columns made by functions."""
    sql, oracle = shop.dialect, shop.dialect == "oracle"
    year = {"mysql": "YEAR(birthday)", "sqlserver": "DATEPART(year, birthday)"}.get(sql, "EXTRACT(YEAR FROM birthday)")
    shop.read(f"SELECT name FROM customers WHERE {year} = 1985", customers("birthday like '1985%'"))
    polite = {"oracle": "name || ' 様'", "sqlserver": "name + N' 様'"}.get(sql, "CONCAT(name, ' 様')")
    head = "SUBSTR" if oracle else "SUBSTRING"
    shop.read(
        f"SELECT UPPER(email), {polite} FROM customers WHERE {head}(phone, 1, 3) = '090' AND pref <> '東京都' AND id < 60",
        customers("phone like '090%' and pref <> '東京都' and id < 60"),
    )
    third = "MOD(id, 3) = 0" if oracle else "id % 3 = 0"
    shown = "DECODE(pref, '東京都', name, '-')" if oracle else "CASE WHEN pref = '東京都' THEN name ELSE '-' END"
    shop.read(
        f"SELECT {shown} AS shown FROM customers WHERE pref IN ('東京都') AND {third}",
        customers("pref = '東京都' and id % 3 = 0"),
    )
    shop.read(
        "SELECT name FROM enquiries WHERE id NOT IN (SELECT id FROM enquiries WHERE body = '配送') AND (id < 20 OR email LIKE 'sora%')",
        {"enquiries": "select id from enquiries where body <> '配送' and (id < 20 or email like 'sora%')"},
    )


def into_files(shop: Shop) -> None:
    """Read into files, or what the database has instead: all at once."""
    query = "SELECT name, email FROM customers WHERE pref = '福岡県'"
    into = "SELECT name, email INTO OUTFILE '/tmp/f.csv' FIELDS TERMINATED BY ',' FROM customers WHERE pref = '福岡県'"
    files = {"mysql": into, "postgres": f"COPY ({query}) TO '/tmp/f.csv' WITH CSV"}
    shop.read(files.get(shop.dialect, query), customers("pref = '福岡県'"))
    whole = {
        "mysql": "SELECT /*!40001 SQL_NO_CACHE */ * FROM `enquiries`",
        "postgres": "COPY enquiries (name, email) TO STDOUT",
    }
    shop.read(whole.get(shop.dialect, "SELECT * FROM enquiries"), {"enquiries": "select id from enquiries"})
