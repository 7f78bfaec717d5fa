-- Everything a case needs: what it is now, what happened to it, what waits, what goes out.
--
-- Every table of a case begins its key with case_id, so that cases can be spread over several servers by
-- that column alone; no constraint reaches from one case to another. Instants are whole microseconds since
-- 1970 in UTC. Hashes are SHA-256. The same file under the other database has the same tables and the same
-- names; only the words for kinds of column differ.
--
-- SQLite 3.37 or later: STRICT tables refuse a value of the wrong kind. Small rows lie in their key's own
-- tree (WITHOUT ROWID), which saves an index.

-- A case as it is now. The row is narrow and is rewritten at every step. `version` counts the entries of its
-- history. `snapshot` is the whole case, `states` are for lists and filters.
CREATE TABLE cases (
  case_id    TEXT NOT NULL,
  part       INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  process    TEXT NOT NULL,
  definition TEXT NOT NULL,
  states     TEXT NOT NULL,
  correlate  TEXT,
  status     TEXT NOT NULL,
  incident   TEXT,
  next_due   INTEGER,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  chain      BLOB NOT NULL,
  snapshot   BLOB NOT NULL,
  CONSTRAINT cases_number_once PRIMARY KEY (case_id),
  CONSTRAINT cases_version_counts CHECK (version >= 1),
  CONSTRAINT cases_part_known CHECK (part BETWEEN 0 AND 255),
  CONSTRAINT cases_status_known CHECK (status IN ('running', 'ended', 'incident')),
  CONSTRAINT cases_incident_has_a_code CHECK ((status = 'incident') = (incident IS NOT NULL)),
  CONSTRAINT cases_only_running_ones_are_due CHECK (status = 'running' OR next_due IS NULL),
  CONSTRAINT cases_chain_is_a_hash CHECK (length(chain) = 32)
) STRICT;

-- The one index that finds due timers. Cases without a timer and finished cases are not in it, so waiting
-- costs nothing.
CREATE INDEX cases_due ON cases (next_due, case_id) WHERE next_due IS NOT NULL;
-- Lists of a process, page by page, in the order of numbers. No step changes these columns.
CREATE INDEX cases_of_process ON cases (process, case_id);
-- What still runs; what needs a person.
CREATE INDEX cases_running ON cases (case_id) WHERE status = 'running';
CREATE INDEX cases_incidents ON cases (case_id) WHERE status = 'incident';
-- How other cases reach this one.
CREATE INDEX cases_correlate ON cases (process, correlate) WHERE correlate IS NOT NULL;

-- The history: one entry for each commit of a case. `body` is canonical JSON, the exact bytes that are
-- hashed: leaf = SHA-256(0x00 || body), chain = SHA-256(chain before || leaf), and the first chain before is
-- 32 zero bytes. Rows are only ever added.
CREATE TABLE entries (
  case_id    TEXT NOT NULL,
  entry      INTEGER NOT NULL,
  first_fact INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  body       BLOB NOT NULL,
  chain      BLOB NOT NULL,
  CONSTRAINT entries_once PRIMARY KEY (case_id, entry),
  CONSTRAINT entries_are_counted CHECK (entry >= 1 AND first_fact >= 1),
  CONSTRAINT entries_chain_is_a_hash CHECK (length(chain) = 32)
) STRICT;

-- Places that children hold. `slots_one_holder` is the cap: a place has one holder, whatever any program
-- believes.
CREATE TABLE slots (
  case_id TEXT NOT NULL,
  kind    INTEGER NOT NULL,
  slot    INTEGER NOT NULL,
  run     INTEGER NOT NULL,
  CONSTRAINT slots_once PRIMARY KEY (case_id, run),
  CONSTRAINT slots_one_holder UNIQUE (case_id, kind, slot),
  CONSTRAINT slots_begin_at_one CHECK (slot >= 1 AND run >= 1)
) STRICT, WITHOUT ROWID;

-- Who has a part in a case: what an organisation may list.
CREATE TABLE parties (
  case_id TEXT NOT NULL,
  party   TEXT NOT NULL,
  CONSTRAINT parties_once PRIMARY KEY (case_id, party)
) STRICT, WITHOUT ROWID;
CREATE INDEX parties_cases ON parties (party, case_id);

-- The inbox: open tasks only. `due_at` of a task without a deadline is the largest number there is, so that
-- it comes last and pages need no special case.
CREATE TABLE tasks (
  case_id   TEXT NOT NULL,
  task      INTEGER NOT NULL,
  state     TEXT NOT NULL,
  role      TEXT NOT NULL,
  holder    TEXT,
  party     TEXT,
  opened_at INTEGER NOT NULL,
  due_at    INTEGER NOT NULL,
  CONSTRAINT tasks_once PRIMARY KEY (case_id, task),
  CONSTRAINT tasks_are_counted CHECK (task >= 1)
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_of_role ON tasks (role, due_at, case_id, task);
CREATE INDEX tasks_of_holder ON tasks (holder, due_at, case_id, task) WHERE holder IS NOT NULL;
CREATE INDEX tasks_of_party ON tasks (party, due_at, case_id, task) WHERE party IS NOT NULL;

-- What is to go out. Leasing moves `next_at` to the end of the lease, so a lease that was lost runs out by
-- itself. What was delivered is taken off; what nobody tries any more is parked.
CREATE TABLE outbox (
  case_id   TEXT NOT NULL,
  entry     INTEGER NOT NULL,
  effect    INTEGER NOT NULL,
  connector TEXT NOT NULL,
  lane      TEXT,
  body      BLOB NOT NULL,
  attempts  INTEGER NOT NULL DEFAULT 0,
  epoch     INTEGER NOT NULL DEFAULT 0,
  first_at  INTEGER NOT NULL,
  next_at   INTEGER NOT NULL,
  parked    INTEGER NOT NULL DEFAULT 0,
  problem   TEXT,
  CONSTRAINT outbox_once PRIMARY KEY (case_id, entry, effect),
  CONSTRAINT outbox_parked_is_yes_or_no CHECK (parked IN (0, 1)),
  CONSTRAINT outbox_parked_has_a_problem CHECK (parked = 0 OR problem IS NOT NULL),
  CONSTRAINT outbox_counts_up CHECK (attempts >= 0 AND epoch >= 0)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (connector, next_at, case_id, entry, effect) WHERE parked = 0;
CREATE INDEX outbox_parked ON outbox (case_id, entry, effect) WHERE parked = 1;

-- What went out or was dropped: enough to answer "was it sent" without the letter itself, which the history
-- has.
CREATE TABLE deliveries (
  case_id   TEXT NOT NULL,
  entry     INTEGER NOT NULL,
  effect    INTEGER NOT NULL,
  connector TEXT NOT NULL,
  outcome   TEXT NOT NULL,
  attempts  INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  CONSTRAINT deliveries_once PRIMARY KEY (case_id, entry, effect),
  CONSTRAINT deliveries_outcome_known CHECK (outcome IN ('done', 'dropped'))
) STRICT, WITHOUT ROWID;

-- The last message taken in from each sender: those before it are repetitions.
CREATE TABLE messages (
  case_id TEXT NOT NULL,
  sender  TEXT NOT NULL,
  entry   INTEGER NOT NULL,
  effect  INTEGER NOT NULL,
  CONSTRAINT messages_last_of_sender PRIMARY KEY (case_id, sender)
) STRICT, WITHOUT ROWID;

-- Commands that were answered. The one table of daily work whose key is not a case: a repeated command must
-- find its answer before anybody knows the case. It is spread by its own key.
CREATE TABLE commands (
  command     TEXT NOT NULL,
  case_id     TEXT NOT NULL,
  asked       BLOB NOT NULL,
  answer      BLOB NOT NULL,
  answered_at INTEGER NOT NULL,
  CONSTRAINT commands_once PRIMARY KEY (command),
  CONSTRAINT commands_asked_is_a_hash CHECK (length(asked) = 32)
) STRICT, WITHOUT ROWID;

-- Who may act for what, until when. `epoch` counts changes of the holder and is checked in every write made
-- in the holder's name.
CREATE TABLE leases (
  lease  TEXT NOT NULL,
  holder TEXT NOT NULL,
  epoch  INTEGER NOT NULL,
  until  INTEGER NOT NULL,
  CONSTRAINT leases_once PRIMARY KEY (lease),
  CONSTRAINT leases_epoch_counts CHECK (epoch >= 1)
) STRICT, WITHOUT ROWID;

-- Definitions by the hash of their content. `names` says what the numbers in facts are called.
CREATE TABLE definitions (
  definition  TEXT NOT NULL,
  process     TEXT NOT NULL,
  version     INTEGER NOT NULL,
  body        TEXT NOT NULL,
  names       TEXT NOT NULL,
  deployed_by TEXT NOT NULL,
  deployed_at INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  CONSTRAINT definitions_once PRIMARY KEY (definition)
) STRICT, WITHOUT ROWID;
CREATE INDEX definitions_of_process ON definitions (process, deployed_at);
