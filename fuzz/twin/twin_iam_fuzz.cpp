// First line: action, second: resource, third: a condition value; the rest: a policy. An explicit deny never turns into
// an allow when a statement that allows is added, be it in the caller's policies or in the resource's; and a stranger is
// never let in by his own policies alone.
#include <cstdint>
#include <string>

#include "twin/iam_evaluator.h"

namespace {

std::string cut_line(std::string& text) {
  std::size_t end = text.find('\n');
  std::string line = text.substr(0, end);
  text = end == std::string::npos ? "" : text.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace setpoint::twin;
  std::string text(reinterpret_cast<const char*>(data), size);
  AccessRequest request;
  request.action = cut_line(text);
  request.resource = cut_line(text);
  std::string value = cut_line(text);
  request.context = {{"aws:username", {value}},
                     {"aws:sourceip", {value}},
                     {"aws:currenttime", {value}},
                     {"aws:tagkeys", {value, "b"}}};
  Json policy = text;
  PolicySet set;
  set.identity = {policy};
  Evaluation alone = evaluate(set, request);
  set.identity.push_back(Json::parse(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"));
  Evaluation with_all = evaluate(set, request);
  SETPOINT_ASSERT(alone.verdict != AccessVerdict::explicitly_denied ||
                  with_all.verdict == AccessVerdict::explicitly_denied);
  SETPOINT_ASSERT(alone.verdict != AccessVerdict::allowed || with_all.verdict == AccessVerdict::allowed);
  Caller caller;
  caller.account = "111122223333";
  caller.user_name = value;
  caller.arn = "arn:aws:iam::111122223333:user/" + value;
  for (const char* owner : {"111122223333", "222233334444"}) {
    for (bool must_allow : {false, true}) {
      Evaluation beside = evaluate(set, request, caller, {owner, request.resource, policy, must_allow});
      SETPOINT_ASSERT(with_all.verdict != AccessVerdict::explicitly_denied ||
                      beside.verdict == AccessVerdict::explicitly_denied);
      Evaluation closed = evaluate(set, request, caller, {owner, request.resource, {}, must_allow});
      bool stranger = owner != caller.account;
      SETPOINT_ASSERT(closed.verdict != AccessVerdict::allowed || !(stranger || must_allow));
    }
  }
  trusts(policy, caller, value);
  matches_policy_pattern(request.action, value, request);
  return 0;
}
