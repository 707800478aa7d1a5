"""Thirty-seven statements of mixed shape over the shop, with changes of rows between them."""

# ruff: noqa: E501  # statements are as long as they are
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.scope.lineage.shop import Shop


def everything(shop: Shop) -> None:
    """Let `report` read 37 times while the shop goes on."""
    by_key(shop)
    by_pages(shop)
    by_joins(shop)
    between_changes(shop)
    by_functions(shop)
    into_files(shop)
    assert len(shop.reads) == 37


def customers(where: str) -> dict[str, str]:
    return {"customers": f"select id from customers where {where}"}


def by_key(shop: Shop) -> None:
    dice = shop.dice
    one, low = dice.randrange(1, 180), dice.randrange(1, 150)
    shop.read(f"SELECT * FROM customers WHERE id = {one}", customers(f"id = {one}"))
    shop.read(
        f"SELECT name, phone FROM customers WHERE id BETWEEN {low} AND {low + 9}", customers(f"id between {low} and {low + 9}")
    )
    likes = "LIKE" if shop.dialect == "mysql" else "ILIKE"
    shop.read(f"SELECT name, email FROM customers WHERE email {likes} 'YAMA%'", customers("lower(email) like 'yama%'"))
    shop.read("SELECT name, birthday\nFROM customers\nWHERE name LIKE '佐藤%'", customers("name like '佐藤%'"))
    shop.read("SELECT email FROM customers WHERE id = ?", customers(f"id = {one + 3}"), (str(one + 3),))
    shop.read(
        "SELECT name FROM customers WHERE pref = ? AND birthday < ?",
        customers("pref = '大阪府' and birthday < '1970-01-01'"),
        ("大阪府", "1970-01-01"),
    )
    shop.read(
        f"SELECT member_no FROM customers WHERE (id = {one} OR email LIKE '%.net') AND NOT pref = '北海道' AND birthday IS NOT NULL",
        customers(f"(id = {one} or email like '%.net') and pref <> '北海道'"),
    )
    shop.read("SELECT COUNT(*) FROM customers", {})
    shop.read("SELECT pref, COUNT(*), MIN(birthday) FROM customers GROUP BY pref", {})


def by_pages(shop: Shop) -> None:
    for page in range(3):
        shop.read(
            f"SELECT id, name, email FROM customers ORDER BY id LIMIT 10 OFFSET {page * 10 + 20}",
            {"customers": f"select id from customers order by id limit 10 offset {page * 10 + 20}"},
        )
    shop.read(
        "SELECT name FROM customers ORDER BY birthday DESC, id LIMIT 7",
        {"customers": "select id from customers order by birthday desc, id limit 7"},
    )
    shop.read(
        "SELECT t.name FROM (SELECT c.*, ROW_NUMBER() OVER (ORDER BY c.id) AS rn FROM customers c) t WHERE t.rn BETWEEN 31 AND 36",
        {
            "customers": "select id from (select id, row_number() over (order by id) rn from customers) where rn between 31 and 36"
        },
    )


def by_joins(shop: Shop) -> None:
    shop.read(
        "SELECT c.name, o.item, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 38000",
        customers("id in (select customer_id from orders where total > 38000)"),
    )
    shop.read(
        "SELECT c.name, c.email FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id WHERE o.id IS NULL",
        customers("id not in (select customer_id from orders)"),
    )
    shop.read(
        "SELECT email FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE item = 'tea' AND total > 30000)",
        customers("id in (select customer_id from orders where item = 'tea' and total > 30000)"),
    )
    shop.read(
        "SELECT c.phone FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total < 700)",
        customers("id in (select customer_id from orders where total < 700)"),
    )
    shop.read(
        "SELECT DISTINCT c.name, c.email FROM customers c INNER JOIN orders o ON c.id = o.customer_id WHERE o.ordered_on = '2025-02-14'",
        customers("id in (select customer_id from orders where ordered_on = '2025-02-14')"),
    )
    shop.read(
        "SELECT c.name, c.email, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id"
        " GROUP BY c.id, c.name, c.email HAVING COUNT(*) >= 6 ORDER BY spent DESC",
        customers("id in (select customer_id from orders group by customer_id having count(*) >= 6)"),
    )
    shop.read(
        "SELECT name, email FROM customers WHERE pref = '宮城県' UNION SELECT name, email FROM enquiries WHERE body = '返品'",
        customers("pref = '宮城県'") | {"enquiries": "select id from enquiries where body = '返品'"},
    )
    shop.read(
        "WITH big AS (SELECT customer_id, SUM(total) AS s FROM orders GROUP BY customer_id)"
        " SELECT c.name FROM big JOIN customers c ON c.id = big.customer_id ORDER BY big.s DESC, c.id LIMIT 5",
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
    new = shop.register()
    shop.read(f"SELECT name FROM customers WHERE id >= {new}", customers(f"id >= {new}"))
    moved = shop.dice.randrange(1, 100)
    shop.change(f"UPDATE customers SET email = 'moved@example.org', pref = '沖縄県' WHERE id = {moved}")
    shop.read("SELECT name, phone FROM customers WHERE email = 'moved@example.org'", customers(f"id = {moved}"))
    gone = shop.dice.randrange(101, 140)
    shop.change(f"DELETE FROM customers WHERE id = {gone}")
    shop.read(f"SELECT * FROM customers WHERE id IN ({gone}, {gone + 1})", customers(f"id = {gone + 1}"))
    rolled_back(shop)
    uncommitted(shop)


def rolled_back(shop: Shop) -> None:
    """Read what a transaction of one's own made, and again after it was undone."""
    shop.db.execute("begin")
    shop.say(77, "report", "BEGIN")
    shop.change("UPDATE customers SET pref = '試験' WHERE id BETWEEN 50 AND 59", session=77, account="report")
    shop.read("SELECT name FROM customers WHERE pref = '試験'", customers("pref = '試験'"))
    shop.say(77, "report", "ROLLBACK")
    shop.db.execute("rollback")
    shop.read("SELECT phone FROM customers WHERE pref = '試験'", customers("pref = '試験'"))


def uncommitted(shop: Shop) -> None:
    """Read while another session has changed rows and not committed yet, then after it has."""
    shop.say(12, "app", "BEGIN")
    shop.say(12, "app", "UPDATE customers SET pref = '保留' WHERE id BETWEEN 60 AND 64")
    shop.read("SELECT birthday FROM customers WHERE pref = '保留'", customers("pref = '保留'"))
    shop.say(12, "app", "COMMIT")
    shop.db.execute("update customers set pref = '保留' where id between 60 and 64")
    shop.read("SELECT birthday, name FROM customers WHERE pref = '保留'", customers("pref = '保留'"))


def by_functions(shop: Shop) -> None:
    year = "YEAR(birthday)" if shop.dialect == "mysql" else "EXTRACT(YEAR FROM birthday)"
    shop.read(f"SELECT name FROM customers WHERE {year} = 1985", customers("birthday like '1985%'"))
    shop.read(
        "SELECT UPPER(email), CONCAT(name, ' 様') FROM customers WHERE SUBSTRING(phone, 1, 3) = '090' AND pref <> '東京都' AND id < 60",
        customers("phone like '090%' and pref <> '東京都' and id < 60"),
    )
    shop.read(
        "SELECT CASE WHEN pref = '東京都' THEN name ELSE '-' END AS shown FROM customers WHERE pref IN ('東京都') AND id % 3 = 0",
        customers("pref = '東京都' and id % 3 = 0"),
    )
    shop.read(
        "SELECT name FROM enquiries WHERE id NOT IN (SELECT id FROM enquiries WHERE body = '配送') AND (id < 20 OR email LIKE 'sora%')",
        {"enquiries": "select id from enquiries where body <> '配送' and (id < 20 or email like 'sora%')"},
    )


def into_files(shop: Shop) -> None:
    mysql = shop.dialect == "mysql"
    query = "SELECT name, email FROM customers WHERE pref = '福岡県'"
    into = "SELECT name, email INTO OUTFILE '/tmp/f.csv' FIELDS TERMINATED BY ',' FROM customers WHERE pref = '福岡県'"
    shop.read(into if mysql else f"COPY ({query}) TO '/tmp/f.csv' WITH CSV", customers("pref = '福岡県'"))
    whole = "SELECT /*!40001 SQL_NO_CACHE */ * FROM `enquiries`"
    shop.read(whole if mysql else "COPY enquiries (name, email) TO STDOUT", {"enquiries": "select id from enquiries"})
