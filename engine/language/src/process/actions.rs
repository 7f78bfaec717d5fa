//! Actions: what entering, leaving and moving does.

use expr::value::Type;
use machine::action::{Action, Destination, Reach, Recipient, Which};
use machine::chart::Guard;
use machine::ids::Name;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::{Key, Kind, Node};
use crate::words;

use super::desk::Sort;
use super::literal;
use super::lowering::{Lowering, Want};
use super::pick;
use super::scope::Place;

impl Lowering<'_, '_, '_> {
    /// The actions under a key, in order.
    pub fn actions(&mut self, node: &Node, key: &str, place: &Place) -> Vec<Action> {
        let mut actions = Vec::new();
        for item in pick::many(node, key) {
            self.action(item, place, &mut actions);
        }
        actions
    }

    fn action(&mut self, item: &Node, place: &Place, actions: &mut Vec<Action>) {
        match &item.kind {
            Kind::Scalar(scalar) if scalar.text == "release" => self.release(item.span, actions),
            Kind::Map(entries) => match entries.as_slice() {
                [(key, body)] => self.one(key, body, place, actions),
                several => self.several(several, item.span),
            },
            _ => {}
        }
    }

    fn one(&mut self, key: &Key, body: &Node, place: &Place, actions: &mut Vec<Action>) {
        match key.text.as_str() {
            "set" => self.set(body, place, actions),
            "release" => self.release(key.span, actions),
            "raise" => actions.extend(self.raise(body, place)),
            "send" => actions.extend(self.send(body, place)),
            "cancel" => actions.extend(self.cancel(body)),
            "start" => actions.extend(self.start_child(body, place)),
            "notify" => actions.extend(self.notify(body, place)),
            "call" => actions.extend(self.call(body, place)),
            "record" => actions.extend(self.record(body, place)),
            "extend" => actions.extend(self.extend(body, place)),
            "tell" => actions.extend(self.tell(body, place)),
            "choose" => actions.push(self.choose(body, place)),
            // The shape check reports the unknown key.
            _ => {}
        }
    }

    fn several(&mut self, entries: &[(Key, Node)], span: Span) {
        let keys: Vec<&str> = entries.iter().map(|(key, _)| key.text.as_str()).collect();
        let shown = keys.join(", ");
        let at = entries.get(1).map_or(span, |(key, _)| key.span);
        self.desk.say(
            Diagnostic::new(
                codes::ACTIONS_IN_ONE,
                at,
                words!("一个动作里写了几个：{shown}", "one action holds several: {shown}"),
            )
            .label(words!("这是另一个动作", "this is another action"))
            .advise(words!("每个动作前各写一个 `- `", "write a `- ` before each action")),
        );
    }

    fn release(&mut self, span: Span, actions: &mut Vec<Action>) {
        if self.at == 0 {
            self.desk.say(
                Diagnostic::new(
                    codes::ONLY_IN_CHILDREN,
                    span,
                    words!("`release` 只能用在子流程里", "`release` belongs into a child process"),
                )
                .advise(words!("它让出子流程占用的名额", "it gives back the place the child has taken")),
            );
        }
        actions.push(Action::Release);
    }

    fn set(&mut self, body: &Node, place: &Place, actions: &mut Vec<Action>) {
        for (key, value) in body.as_map().unwrap_or_default() {
            let Some(field) = self.outline().field(&key.text, key.span, self.desk) else { continue };
            let decl = &self.names().data.fields[field.at()];
            let ty = literal::plain(&decl.ty);
            let ty = if super::fields::is_known(decl) { ty } else { ty.nullable() };
            if let Some(value) = self.formula(value, place, &Want::Of(ty)) {
                actions.push(Action::Set { field, value });
            }
        }
    }

    /// An event's name: the text itself, or what stands under `event`.
    fn event_name(&mut self, body: &Node) -> Option<(Name, Span)> {
        let node = body.get("event").unwrap_or(body);
        Some((node.as_text()?.into(), node.span))
    }

    fn raise(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let (event, span) = self.event_name(body)?;
        self.check_answered(&event, span, self.at);
        Some(Action::Raise { event, data: self.named(body, "with", place) })
    }

    fn send(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let (event, span) = self.event_name(body)?;
        self.check_answered(&event, span, self.at);
        let delay = body.get("after").and_then(|node| self.period(node, place, &[Type::Period, Type::Span]));
        let data = self.named(body, "with", place);
        Some(Action::Send { event, to: Destination::Own, delay, id: pick::name(body, "id"), data })
    }

    fn cancel(&mut self, body: &Node) -> Option<Action> {
        let node = body.get("id").unwrap_or(body);
        let id = node.as_text()?;
        self.desk.find(Sort::Send, id, node.span, self.whole.sent.iter().map(|id| &**id))?;
        Some(Action::Cancel { id: id.into() })
    }

    fn start_child(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let (written, span) = pick::text(body, "child")?;
        if self.at > 0 {
            self.desk.say(
                Diagnostic::new(
                    codes::ONLY_IN_MAIN,
                    span,
                    words!("子流程只能由主流程启动", "only the main process starts children"),
                )
                .advise(words!(
                    "用 `tell` 告诉主流程，由它启动",
                    "tell the main process, and let it start the child"
                )),
            );
            return None;
        }
        let child = self.whole.child(written, span, self.desk)?;
        let kind = &self.whole.charts[child.at()];
        let key = self.formula_at(body, "key", place, &Want::Of(kind.key.clone()))?;
        let mut data = Vec::new();
        for (key, value) in pick::entries(body, "with") {
            let Some(field) = kind.outline.field(&key.text, key.span, self.desk) else { continue };
            let decl = &kind.data.fields[field.at()];
            let ty = literal::plain(&decl.ty);
            let ty = if super::fields::is_known(decl) { ty } else { ty.nullable() };
            data.extend(self.formula(value, place, &Want::Of(ty)).map(|value| (field, value)));
        }
        let given = |name: &str| pick::entries(body, "with").iter().any(|(key, _)| key.text == name);
        let missing: Vec<&str> = kind
            .data
            .fields
            .iter()
            .filter(|field| field.required && field.default.is_none())
            .map(|field| &*field.name)
            .filter(|name| !given(name))
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            self.desk.say(
                Diagnostic::new(
                    codes::START_WITHOUT,
                    span,
                    words!(
                        "启动 `{written}` 缺少必填数据：{missing}",
                        "starting `{written}` lacks required data: {missing}"
                    ),
                )
                .advise(words!("写进 `with`", "give it under `with`")),
            );
        }
        Some(Action::Start { child, key, data })
    }

    fn notify(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let (notice, span) = pick::text(body, "notice")?;
        let notice = self.common().notice(notice, span, self.desk);
        let to: Vec<Recipient> =
            pick::many(body, "to").iter().filter_map(|node| self.recipient(node, place)).collect();
        let data = self.named(body, "with", place);
        Some(Action::Notify { notice: notice?, to, data })
    }

    /// A role, `key`, or a formula that yields names.
    fn recipient(&mut self, node: &Node, place: &Place) -> Option<Recipient> {
        let text = node.as_text()?;
        if text == "key" && self.at > 0 {
            return Some(Recipient::Key);
        }
        if let Some(at) = self.common().roles.iter().position(|role| *role.name == *text) {
            return Some(Recipient::Role(machine::ids::RoleIx(super::outline::narrow(at))));
        }
        let word = text.chars().all(|c| c.is_alphanumeric() || c == '_');
        if word && !self.scopes.names().any(|name| **name == *text) {
            self.common().role(text, node.span, self.desk);
            return None;
        }
        let want = Want::Among(vec![Type::Text, Type::list(Type::Text)]);
        self.formula(node, place, &want).map(Recipient::Named)
    }

    fn call(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let connector = pick::name(body, "connector")?;
        for key in ["reply", "failure"] {
            if let Some((event, span)) = pick::text(body, key) {
                self.check_answered(event, span, self.at);
            }
        }
        Some(Action::Call {
            connector,
            request: self.named(body, "with", place),
            reply: pick::name(body, "reply"),
            failure: pick::name(body, "failure"),
        })
    }

    fn record(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let node = body.get("line").unwrap_or(body);
        let code = self.common().record(node.as_text()?, node.span, self.desk);
        let mut data = Vec::new();
        for (key, value) in body.as_map().unwrap_or_default().iter().filter(|(key, _)| key.text != "line") {
            let value = self.formula(value, place, &Want::Anything);
            data.extend(value.map(|value| (Name::from(key.text.as_str()), value)));
        }
        Some(Action::Record { code: code?, data })
    }

    fn extend(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let (clock, span) = pick::text(body, "clock")?;
        let clock = self.outline().clock(clock, span, self.desk);
        let by = self.formula_at(body, "by", place, &Want::Of(Type::Integer));
        Some(Action::Extend { clock: clock?, by: by? })
    }

    fn tell(&mut self, body: &Node, place: &Place) -> Option<Action> {
        let (event, span) = pick::text(body, "event")?;
        let to = self.destination(body, place, event, span)?;
        let data = self.named(body, "with", place);
        Some(Action::Send { event: event.into(), to, delay: None, id: None, data })
    }

    fn destination(&mut self, body: &Node, place: &Place, event: &str, span: Span) -> Option<Destination> {
        let given =
            ["children", "child", "main", "case"].iter().filter(|key| body.get(key).is_some()).count();
        if given != 1 {
            self.desk.say(
                Diagnostic::new(codes::TELL_WHOM, span, words!("`tell` 要写清告诉谁，且只写一个", "`tell` has to say whom it tells, and only one"))
                    .advise(words!(
                        "写 `children: 子流程名`、`child: 子流程名` 加 `key`、`main: true` 或 `case: 流程名` 加 `key`",
                        "write `children: KIND`, `child: KIND` with `key`, `main: true`, or `case: PROCESS` with `key`"
                    )),
            );
            return None;
        }
        if let Some((process, _)) = pick::text(body, "case") {
            return self.other_cases(body, process, place, event);
        }
        if body.get("main").is_some() {
            self.check_answered(event, span, 0);
            return Some(Destination::Main);
        }
        let (written, at) = pick::text(body, "children").or_else(|| pick::text(body, "child"))?;
        let kind = self.whole.child(written, at, self.desk)?;
        self.check_answered(event, span, kind.at());
        let key_type = Want::Of(self.whole.charts[kind.at()].key.clone());
        let which = match (body.get("key"), body.get("but")) {
            (Some(key), _) => Which::Key(self.formula(key, place, &key_type)?),
            (None, Some(but)) => Which::AllBut(self.formula(but, place, &key_type)?),
            (None, None) => Which::All,
        };
        Some(Destination::Children { kind, which })
    }

    /// Cases of another process: those that correlate by `key`, or those in which `joined` has a part.
    fn other_cases(&mut self, body: &Node, process: &str, place: &Place, event: &str) -> Option<Destination> {
        let (key, joined) = (body.entry("key"), body.entry("joined"));
        let wrong = match (key, joined) {
            (Some(_), Some((at, _))) => Some((
                at.span,
                words!("`key` 和 `joined` 只能写一个", "`key` and `joined` exclude one another"),
            )),
            (None, None) => Some((
                body.entry("case").map_or(body.span, |(at, _)| at.span),
                words!("没有写清是哪些案件", "it is not said which cases are meant"),
            )),
            (None, Some((at, _))) if event == "open" => Some((
                at.span,
                words!("开新案件用 `key`，不用 `joined`", "a new case is opened by `key`, not by `joined`"),
            )),
            _ => None,
        };
        if let Some((span, message)) = wrong {
            self.desk.say(Diagnostic::new(codes::TELL_WHOM, span, message).advise(words!(
                "按关联值找写 `key: 公式`；找某个机构参与的所有案件写 `joined: 公式`",
                "write `key: FORMULA` for the value they correlate by, `joined: FORMULA` for all in which an organisation has a part"
            )));
            return None;
        }
        let (reach, key) = match (key, joined) {
            (Some((_, key)), _) => (Reach::Correlated, key),
            (None, Some((_, joined))) => (Reach::Joined, joined),
            (None, None) => return None,
        };
        let key = self.formula(key, place, &Want::Of(Type::Text))?;
        Some(Destination::Cases { process: process.into(), reach, key })
    }

    fn choose(&mut self, body: &Node, place: &Place) -> Action {
        let mut branches: Vec<(Option<Guard>, Vec<Action>)> = Vec::new();
        for branch in pick::one_or_many(body) {
            let guard = self.guard(branch, "when", place);
            branches.push((guard, self.actions(branch, "do", place)));
        }
        Action::Choose { branches }
    }

    /// Reports an event that is raised, sent or told and that no state of the chart answers.
    fn check_answered(&mut self, event: &str, span: Span, chart: usize) {
        let outline = &self.whole.charts[chart].outline;
        let answered = || outline.states.iter().flat_map(|state| pick::entries(state.node, "on"));
        if answered().any(|(key, _)| machine::chart::Pattern::read(&key.text).answers(event)) {
            return;
        }
        let known: Vec<&str> = answered().map(|(key, _)| key.text.as_str()).collect();
        let found = super::desk::unknown(Sort::Event, event, span, known.iter().copied());
        let name = &outline.name;
        self.desk.say(found.label(words!("`{name}` 没有状态应答它", "no state of `{name}` answers it")));
    }
}
