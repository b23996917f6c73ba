-- The shop of the demo: two and a half years of orders, with growth, seasons, busy weekdays and slow-moving products.
-- Everything comes from hash(row, purpose, seed): the same seed gives the same shop. Money is DECIMAL, so that sums do
-- not depend on the order in which threads add. The variables seed, first_day and last_day are set before.

CREATE MACRO chance(i, purpose) AS (hash(i, purpose, getvariable('seed')) >> 11) / 9007199254740992.0;
CREATE MACRO pick(choices, i, purpose) AS choices[1 + CAST(floor(chance(i, purpose) * len(choices)) AS INTEGER)];
CREATE MACRO bell(i, purpose) AS chance(i, purpose) + chance(i, purpose || '2') + chance(i, purpose || '3') - 1.5;

CREATE TEMP TABLE days AS
SELECT
    day,
    sum(weight) OVER (ORDER BY day ROWS UNBOUNDED PRECEDING) - weight AS start,
    sum(weight) OVER () AS total
FROM (
    SELECT
        CAST(day AS DATE) AS day,
        (1 + 0.9 * (epoch(day) - epoch(getvariable('first_day')))
            / (epoch(getvariable('last_day')) - epoch(getvariable('first_day'))))
        * [0.88, 0.82, 0.93, 0.96, 1.02, 1.05, 0.98, 0.94, 1.0, 1.05, 1.38, 1.52][month(day)]
        * [1.0, 0.94, 0.93, 0.97, 1.12, 1.22, 1.08][isodow(day)] AS weight
    FROM range(getvariable('first_day'), getvariable('last_day') + INTERVAL 1 DAY, INTERVAL 1 DAY) AS r(day)
);

CREATE TEMP TABLE places AS
SELECT *, (row_number() OVER () - 1) / 20.0 AS start
FROM (VALUES
    ('Seattle', 'Washington', 'West'), ('Portland', 'Oregon', 'West'), ('San Francisco', 'California', 'West'),
    ('Los Angeles', 'California', 'West'), ('San Diego', 'California', 'West'), ('Denver', 'Colorado', 'West'),
    ('New York', 'New York', 'East'), ('Buffalo', 'New York', 'East'), ('Boston', 'Massachusetts', 'East'),
    ('Philadelphia', 'Pennsylvania', 'East'), ('Newark', 'New Jersey', 'East'), ('Chicago', 'Illinois', 'Midwest'),
    ('Detroit', 'Michigan', 'Midwest'), ('Columbus', 'Ohio', 'Midwest'), ('Minneapolis', 'Minnesota', 'Midwest'),
    ('Houston', 'Texas', 'South'), ('Austin', 'Texas', 'South'), ('Miami', 'Florida', 'South'),
    ('Atlanta', 'Georgia', 'South'), ('Nashville', 'Tennessee', 'South')
) AS p(city, state, region);

CREATE TEMP TABLE people AS
SELECT
    CAST(i AS INTEGER) AS id,
    pick(['Emma', 'Liam', 'Olivia', 'Noah', 'Ava', 'Mateo', 'Sofia', 'Lucas', 'Mia', 'Ethan', 'Amara', 'Kai', 'Grace',
        'Owen', 'Zoe', 'Hugo', 'Leila', 'Samuel', 'Nina', 'Theo', 'Yuki', 'Priya', 'Omar', 'Clara'], i, 'first') AS first,
    pick(['Smith', 'Garcia', 'Chen', 'Johnson', 'Patel', 'Kim', 'Brown', 'Nguyen', 'Davis', 'Rossi', 'Wilson', 'Okafor',
        'Martin', 'Lopez', 'Schmidt', 'Clark', 'Haddad', 'Lewis', 'Young', 'Silva', 'Baker', 'Ito', 'Reed', 'Novak'],
        i, 'last') AS last,
    CAST(floor(18 + 52 * pow(chance(i, 'age'), 1.5)) AS INTEGER) AS age,
    chance(i, 'place') AS place,
    CASE WHEN chance(i, 'segment') < 0.62 THEN 'Consumer' WHEN chance(i, 'segment') < 0.87 THEN 'Small Business'
        ELSE 'Corporate' END AS segment,
    CASE WHEN chance(i, 'source') < 0.36 THEN 'Search' WHEN chance(i, 'source') < 0.58 THEN 'Organic'
        WHEN chance(i, 'source') < 0.76 THEN 'Email' WHEN chance(i, 'source') < 0.91 THEN 'Social'
        ELSE 'Display' END AS traffic_source,
    CAST(getvariable('first_day') + CAST(floor(pow(chance(i, 'signup'), 1.3)
        * (getvariable('last_day') - getvariable('first_day') - 30)) AS INTEGER) AS DATE) AS signup
FROM range(1, 4001) AS r(i);

CREATE TEMP TABLE ranges AS
SELECT *, row_number() OVER () AS number
FROM (VALUES
    ('Jeans', 78, 1.0, 0.0), ('Jackets', 142, 0.8, -0.75), ('Sweaters', 69, 0.9, -0.6), ('Shirts', 44, 1.25, 0.1),
    ('Dresses', 88, 0.95, 0.45), ('Shoes', 104, 1.1, 0.0), ('Swimwear', 39, 0.55, 0.9), ('Accessories', 27, 1.2, -0.1)
) AS c(category, price, popularity, summer);

CREATE TABLE products AS
SELECT
    CAST(i AS INTEGER) AS id,
    pick(['Classic', 'Slim', 'Coastal', 'Alpine', 'Heritage', 'Urban', 'Everyday', 'Studio', 'Trail', 'Vintage'], i, 'style')
        || ' ' || pick(['Blue', 'Black', 'Sand', 'Olive', 'Ivory', 'Rust', 'Navy', 'Grey'], i, 'colour')
        || ' ' || category AS name,
    category,
    pick(['Women', 'Women', 'Men', 'Men', 'Kids'], i, 'department') AS department,
    pick(['Northwind', 'Calder & Co', 'Lumen', 'Fieldhouse', 'Marlow', 'Tideline', 'Oak & Iron', 'Basecamp', 'Juniper',
        'Atelier 9', 'Kestrel', 'Solstice'], i, 'brand') AS brand,
    CAST(floor(price * exp(0.45 * bell(i, 'price'))) + 0.99 AS DECIMAL(10, 2)) AS price,
    CAST(price * exp(0.45 * bell(i, 'price')) * (0.38 + 0.22 * chance(i, 'cost')) AS DECIMAL(10, 2)) AS cost,
    CAST(floor(400 * pow(chance(i, 'stock'), 2)) AS INTEGER) AS stock
FROM range(1, 321) AS r(i) JOIN ranges ON ranges.number = 1 + (i - 1) % 8
ORDER BY id;

ALTER TABLE products ADD COLUMN price_tier VARCHAR;
UPDATE products SET price_tier = CASE WHEN price < 40 THEN 'Budget' WHEN price < 80 THEN 'Standard'
    WHEN price < 140 THEN 'Premium' ELSE 'Luxury' END;

-- How likely a category is in a month: jackets in winter, swimwear in summer.
CREATE TEMP TABLE seasons AS
SELECT
    month,
    number,
    (sum(weight) OVER (PARTITION BY month ORDER BY number) - weight) / sum(weight) OVER (PARTITION BY month) AS start
FROM (
    SELECT month, number, popularity * (1 + summer * sin((month - 4) * pi() / 6)) AS weight
    FROM ranges, range(1, 13) AS m(month)
);

CREATE TEMP TABLE drawn AS
SELECT i, day, chance(i, 'category') AS category
FROM (SELECT i, chance(i, 'day') * (SELECT any_value(total) FROM days) AS point FROM range(1, 24001) AS r(i))
ASOF JOIN days ON point >= start;

CREATE TABLE orders AS
WITH lines AS (
    SELECT
        i, day, month(day) AS month, category,
        (day - getvariable('first_day')) / (getvariable('last_day') - getvariable('first_day')) AS age,
        CAST(1 + floor(4000 * pow(chance(i, 'customer'), 1.35)) AS INTEGER) AS customer,
        CASE WHEN chance(i, 'quantity') < 0.72 THEN 1 WHEN chance(i, 'quantity') < 0.93 THEN 2 ELSE 3 END AS quantity,
        chance(i, 'status') AS fate, chance(i, 'channel') AS way, chance(i, 'paid') AS paid
    FROM drawn
),
chosen AS (
    SELECT lines.*, 8 * CAST(floor(40 * pow(chance(i, 'product'), 1.6)) AS INTEGER) + number AS product
    FROM lines ASOF JOIN seasons ON lines.month = seasons.month AND lines.category >= seasons.start
)
SELECT
    CAST(row_number() OVER (ORDER BY day, i) AS INTEGER) AS id,
    chosen.customer AS customer_id,
    products.id AS product_id,
    chosen.day AS created,
    CASE
        WHEN day > getvariable('last_day') - 3 THEN 'Processing'
        WHEN day > getvariable('last_day') - 9 THEN 'Shipped'
        WHEN fate < CASE WHEN products.category IN ('Shoes', 'Dresses') THEN 0.13 ELSE 0.06 END THEN 'Returned'
        WHEN fate > 0.955 THEN 'Cancelled'
        ELSE 'Complete'
    END AS status,
    CASE WHEN way < 0.2 + 0.25 * age THEN 'Mobile App' WHEN way < 0.72 THEN 'Website'
        WHEN way < 0.88 THEN 'Marketplace' ELSE 'Store' END AS channel,
    CASE WHEN paid < 0.5 THEN 'Credit Card' WHEN paid < 0.72 THEN 'PayPal' WHEN paid < 0.92 THEN 'Wallet'
        ELSE 'Gift Card' END AS payment_method,
    quantity,
    products.price AS sale_price,
    products.price * quantity AS revenue,
    products.cost * quantity AS cost,
    CAST(2 + floor(5 * chance(i, 'delivery') + 3 * chance(i, 'delay') * (month IN (11, 12))::INTEGER) AS INTEGER)
        AS delivery_days,
    row_number() OVER (PARTITION BY customer ORDER BY day, i) = 1 AS is_first_order
FROM chosen JOIN products ON products.id = chosen.product
ORDER BY id;

-- The companies that business customers buy for. Some have names that a filter expression must quote.
CREATE TEMP TABLE companies AS
SELECT name, row_number() OVER () - 1 AS number
FROM (VALUES
    ('Smith, Jones & Co'), ('100% Juice'), ('O''Neil'), ('Ünïted "Q" Ltd'), ('-Dash'), ('A/B Test'), ('under_score'),
    ('car^et'), (' NULL'), ('EMPTY'), ('北京贸易有限公司'), ('东京商店'), ('NULL'), ('Trailing '), ('back\slash'),
    ('a^%b'), ('"Quoted"'), ('Under Score'), ('underXscore'), ('100 Juice'), ('Dash'), ('O Neil'), ('CON'), ('..'),
    ('Acme Supplies'), ('Birch & Sons'), ('Cedar Works'), ('Delta Freight'), ('Elm Street Books'), ('Fjord Outdoor'),
    ('Granite Gym'), ('Harbour Hotel'), ('Iris Optics'), ('Juno Catering'), ('Kite Media'), ('Lark Travel'),
    ('Maple Clinic'), ('Nova Dental'), ('Orchid Events'), ('Pine Valley School'), ('Quartz Studio'), ('River Radio'),
    ('Stone Bakery'), ('Tulip Care'), ('Umber Design'), ('Vale Vets'), ('Willow Law'), ('Xenon Labs'), ('Yarrow Spa'),
    ('Zephyr Air'), ('Amber Arts'), ('Basalt Build'), ('Coral Cruises'), ('Dune Desert Tours'), ('Ember Energy'),
    ('Flint Finance'), ('Grove Garden'), ('Heath Homes'), ('Isle Insurance'), ('Jade Jewels')
) AS c(name);

CREATE TABLE customers AS
WITH lifetimes AS (
    SELECT customer_id, CAST(count(*) AS INTEGER) AS orders, sum(revenue) AS revenue, min(created) AS first_day
    FROM orders GROUP BY customer_id
)
SELECT
    people.id,
    first || ' ' || last AS name,
    lower(first || '.' || last || people.id) || '@example.com' AS email,
    age,
    CASE WHEN age < 25 THEN '18 to 24' WHEN age < 35 THEN '25 to 34' WHEN age < 45 THEN '35 to 44'
        WHEN age < 55 THEN '45 to 54' ELSE '55 or above' END AS age_group,
    segment,
    companies.name AS company,
    city,
    state,
    region,
    traffic_source,
    least(signup, coalesce(first_day, signup)) AS signup,
    coalesce(lifetimes.orders, 0) AS lifetime_orders,
    CAST(coalesce(lifetimes.revenue, 0) AS DECIMAL(12, 2)) AS lifetime_revenue
FROM people
ASOF JOIN places ON people.place >= places.start
LEFT JOIN lifetimes ON lifetimes.customer_id = people.id
LEFT JOIN companies ON companies.number = people.id % 60 AND people.segment <> 'Consumer'
ORDER BY people.id;

-- A session goes down the funnel until it drops out.
CREATE TABLE events AS
WITH sessions AS (
    SELECT
        i,
        chance(i, 'visit') * (SELECT any_value(total) FROM days) AS point,
        chance(i, 'depth') AS depth,
        CAST(1 + floor(4000 * pow(chance(i, 'visitor'), 1.3)) AS INTEGER) AS customer_id,
        CAST(floor(24 * (0.5 + bell(i, 'hour') / 3.6 + 0.08)) AS INTEGER) % 24 AS hour_of_day,
        CASE WHEN chance(i, 'browser') < 0.52 THEN 'Chrome' WHEN chance(i, 'browser') < 0.78 THEN 'Safari'
            WHEN chance(i, 'browser') < 0.89 THEN 'Edge' ELSE 'Firefox' END AS browser,
        CASE WHEN chance(i, 'device') < 0.55 THEN 'Phone' WHEN chance(i, 'device') < 0.91 THEN 'Desktop'
            ELSE 'Tablet' END AS device,
        pick(['Search', 'Search', 'Search', 'Organic', 'Organic', 'Email', 'Email', 'Social', 'Social', 'Display'],
            i, 'from') AS traffic_source
    FROM range(1, 9001) AS r(i)
)
SELECT
    CAST(row_number() OVER (ORDER BY day, i, step) AS INTEGER) AS id,
    CAST(i AS INTEGER) AS session_id,
    customer_id,
    day AS event,
    hour_of_day,
    ['Visit', 'Product View', 'Add to Cart', 'Checkout', 'Purchase'][step] AS event_type,
    browser,
    device,
    traffic_source
FROM sessions
ASOF JOIN days ON point >= start
JOIN range(1, 6) AS s(step) ON depth < [1.0, 0.78, 0.41, 0.26, 0.17][step]
    - CASE WHEN device = 'Phone' AND step > 2 THEN 0.05 ELSE 0 END
ORDER BY id;
