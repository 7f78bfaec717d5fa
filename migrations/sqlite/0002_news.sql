-- What was written, in an order in which everybody can read on: for streams of facts.
--
-- SQLite has one writer, so the order of numbers is the order of commits, and `xact` is always 0: it is there for
-- the other database, where that is not so. The database notes the rows itself. Rows are forgotten after days; the
-- newest always stays, so that no number is given twice.
CREATE TABLE news (
  number     INTEGER NOT NULL,
  xact       INTEGER NOT NULL DEFAULT 0,
  case_id    TEXT NOT NULL,
  entry      INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  CONSTRAINT news_in_order PRIMARY KEY (number)
) STRICT;

CREATE TRIGGER entries_are_news AFTER INSERT ON entries
BEGIN
  INSERT INTO news (case_id, entry, written_at) VALUES (new.case_id, new.entry, new.written_at);
END;
