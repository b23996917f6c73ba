-- The ledger: a table of $rows rows, with a column of every type that a warehouse has, and nulls.
-- It is a view over the number of the row alone, so it takes no memory and no time until a query reads it; a number is
-- the same row whatever the seed. A view that other connections read has no variables, so $rows is put in as text.

CREATE VIEW ledger AS
SELECT
    i AS id,
    'E-' || lpad(CAST(i AS VARCHAR), 9, '0') AS code,
    i + 9007199254740993 AS serial,  -- more than a double holds
    DATE '2015-01-01' + CAST(hash(i, 'posted') % 4199 AS INTEGER) AS posted,
    CASE WHEN hash(i, 'settled?') % 7 > 0
        THEN TIMESTAMP '2015-01-01 00:00:00' + to_seconds(CAST(hash(i, 'settled') % 362707200 AS BIGINT)) END AS settled,
    ['Cash', 'Receivables', 'Inventory', 'Payables', 'Revenue', 'Wages', 'Rent', 'Café & Küche'][1 + CAST(hash(i, 'account') % 8 AS INTEGER)]
        AS account,
    CASE WHEN hash(i, 'memo?') % 5 > 0
        THEN ['Invoice', 'Refund, part', 'Say "net 30"', 'Größe Ω', '发票'][1 + CAST(hash(i, 'memo') % 5 AS INTEGER)]
            || ' ' || CAST(hash(i, 'number') % 1000 AS VARCHAR) END AS memo,
    CAST(CAST(hash(i, 'amount') % 200000001 AS BIGINT) - 100000000 AS DECIMAL(12, 0)) * 0.01 AS amount,
    CASE WHEN hash(i, 'rate?') % 11 > 0
        THEN CAST(CAST(hash(i, 'rate') % 2000000 AS BIGINT) AS DECIMAL(12, 0)) * 0.000001 END AS rate,
    CASE WHEN hash(i, 'units?') % 13 > 0 THEN CAST(hash(i, 'units') % 500 AS INTEGER) END AS units,
    CASE WHEN hash(i, 'weight?') % 17 > 0 THEN CAST(hash(i, 'weight') % 1000000 AS DOUBLE) / 7 END AS weight,
    hash(i, 'cleared') % 3 = 0 AS is_cleared
FROM range(1, 1 + $rows) AS r(i);
