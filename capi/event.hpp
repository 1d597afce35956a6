// capi/event.hpp - the events of a run as C takes them.
#pragma once

#include "core/service/event_queue.hpp"
#include "freshet/events.h"

namespace freshet::capi {

// Borrows the item's texts.
freshet_event event_of(const service::EventQueue::Item& item);

// Hands out events until there are no more.
void hand_out(service::EventQueue& events, freshet_event_callback on_event, void* payload);

}  // namespace freshet::capi
