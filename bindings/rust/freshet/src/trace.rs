//! The crate `tracing`, where it is wanted: a span for each call that blocks, and plugins' lines as events.
#[cfg(feature = "tracing")]
mod on {
    use crate::{Event, EventKind, Level};

    pub(crate) const ENABLED: bool = true;

    pub(crate) fn span(call: &'static str) -> tracing::span::EnteredSpan {
        tracing::info_span!("freshet", call).entered()
    }

    pub(crate) fn line(level: Level, plugin: &str, message: &str) {
        match level {
            Level::Debug => tracing::debug!(target: "freshet", plugin, "{message}"),
            Level::Info => tracing::info!(target: "freshet", plugin, "{message}"),
            Level::Warning => tracing::warn!(target: "freshet", plugin, "{message}"),
            Level::Error => tracing::error!(target: "freshet", plugin, "{message}"),
        }
    }

    pub(crate) fn event(event: &Event<'_>) {
        if event.kind == EventKind::Log {
            line(event.level, &event.source, &event.message);
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod on {
    pub(crate) const ENABLED: bool = false;
    pub(crate) fn span(_: &'static str) {}
    pub(crate) fn event(_: &crate::Event<'_>) {}
}

pub(crate) use on::*;
