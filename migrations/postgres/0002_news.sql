-- What was written, in an order in which everybody can read on: for streams of facts on every node.
--
-- A number out of a sequence is not the order of commits: who reads on from the last number seen passes over
-- transactions that took a number before and commit after. So the order is (xact, number): rows of transactions
-- older than any that is still running are all there, and only those are read
-- (`xact < pg_snapshot_xmin(pg_current_snapshot())`). The database notes the rows itself, one statement for each
-- batch of entries, so writing costs no round trip more. Rows are forgotten after days; the newest always stays.
CREATE TABLE news (
  xact       bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  number     bigint GENERATED ALWAYS AS IDENTITY,
  case_id    text COLLATE "C" NOT NULL,
  entry      bigint NOT NULL,
  written_at bigint NOT NULL,
  CONSTRAINT news_in_order PRIMARY KEY (xact, number)
);

CREATE FUNCTION note_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO news (case_id, entry, written_at) SELECT case_id, entry, written_at FROM fresh;
  RETURN NULL;
END
$$;
CREATE TRIGGER entries_are_news AFTER INSERT ON entries
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION note_news();
