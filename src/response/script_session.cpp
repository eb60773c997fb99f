#include "response/script_session.h"

namespace setpoint::response {

using base::Json;

namespace {

base::Result<Json> over() { return base::fail(base::ErrorCode::cancelled, "the execution takes no further call"); }

}  // namespace

base::Result<Json> ScriptSession::ask(const model::ApiCall& call) {
  std::unique_lock lock(mutex_);
  if (closed_) return over();
  Question question{call, std::nullopt};
  waiting_.push_back(&question);
  changed_.notify_all();
  changed_.wait(lock, [&] { return question.answer.has_value(); });
  return std::move(*question.answer);
}

void ScriptSession::end() {
  std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

base::Result<Json> ScriptSession::answer(const ScriptGateway::CallPath& path, const model::ApiCall& call) {
  if (interrupt_) return over();
  runbook::Answer<Json> given = path(call);
  if (!given.interrupted()) return std::move(given.result());
  interrupt_ = given.interrupt();
  return over();
}

std::optional<runbook::Interrupt> ScriptSession::answer_until_ended(const ScriptGateway::CallPath& path) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
    if (ended_) break;
    Question& question = *waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    base::Result<Json> given = answer(path, question.call);
    lock.lock();
    question.answer = std::move(given);
    changed_.notify_all();
  }
  closed_ = true;
  for (Question* left : waiting_) left->answer = over();
  waiting_.clear();
  changed_.notify_all();
  return interrupt_;
}

}  // namespace setpoint::response
