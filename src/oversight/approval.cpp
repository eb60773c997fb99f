#include "oversight/approval.h"

namespace setpoint::oversight {

using base::ErrorCode;
using base::fail;
using model::Reason;

base::Json Confirmation::json() const {
  return {{"plan", plan.hex()},
          {"code", code},
          {"by", by},
          {"at", base::to_iso8601(at)},
          {"expires", base::to_iso8601(expires)}};
}

base::Result<Confirmation> confirmation_from_json(const base::Json& json) {
  Confirmation out;
  TRY(out.plan, base::parse_digest(base::string_member(json, "plan")));
  TRY(out.at, base::parse_iso8601(base::string_member(json, "at")));
  TRY(out.expires, base::parse_iso8601(base::string_member(json, "expires")));
  out.code = base::string_member(json, "code");
  out.by = base::string_member(json, "by");
  return out;
}

bool is_person(const std::string& identity) { return !identity.empty() && !identity.starts_with("automation:"); }

base::Status check_identity(const std::string& identity) {
  bool control = std::any_of(identity.begin(), identity.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  bool ok = !identity.empty() && identity.size() <= kIdentityBytesMax && !control && identity.front() != ' ' &&
            identity.back() != ' ';
  if (ok) return {};
  return fail(ErrorCode::invalid_input, "'{}' is not an identity", identity.substr(0, 64));
}

namespace {

base::Status check_validity(base::Milliseconds valid_for) {
  if (valid_for.count() > 0 && valid_for <= kApprovalValidMax) return {};
  return fail(ErrorCode::invalid_input, "an approval is valid for up to {} hours",
              kApprovalValidMax.count() / 3'600'000);
}

bool is_restraint(const std::string& code) {
  return code == "outside-window" || code == "breaker-open" || code == "breaker-trial" || code.starts_with("budget-");
}

}  // namespace

base::Result<Confirmation> confirm(const base::Digest& plan, const std::string& code, const std::string& by,
                                   base::Timestamp now, base::Milliseconds valid_for) {
  TRY_VOID(check_identity(by));
  if (!is_person(by)) return fail(ErrorCode::refused, "{} is not a person: only people confirm", by);
  if (!is_restraint(code)) {
    return fail(
        {ErrorCode::invalid_input,
         fmt::format("'{}' is no restraint that can be confirmed", code),
         {},
         "outside-window, breaker-open, breaker-trial and budget-... are; `setpoint plan` shows which stand in the way",
         {}});
  }
  TRY_VOID(check_validity(valid_for));
  return Confirmation{plan, code, by, now, now + valid_for};
}

base::Result<model::Approval> approve(const base::Digest& plan, const std::string& requested_by,
                                      const std::string& approver, base::Timestamp now, base::Milliseconds valid_for) {
  TRY_VOID(check_identity(requested_by));
  TRY_VOID(check_identity(approver));
  if (approver == requested_by) {
    return fail({ErrorCode::refused,
                 fmt::format("{} asked for this plan and so cannot approve it", approver),
                 {},
                 "ask someone else to approve it",
                 {}});
  }
  if (!is_person(approver)) return fail(ErrorCode::refused, "{} is not a person: only people approve", approver);
  TRY_VOID(check_validity(valid_for));
  return model::Approval{plan, approver, requested_by, now, now + valid_for};
}

std::optional<Reason> why_not(const model::Approval& approval, const base::Digest& plan, const std::string& requester,
                              base::Timestamp now) {
  const std::string& who = approval.approver;
  if (approval.plan != plan) {
    return Reason{"approval-other-plan",
                  fmt::format("{} approved another plan, {}", who, approval.plan.hex().substr(0, 12))};
  }
  if (!is_person(who)) return Reason{"approval-no-person", fmt::format("'{}' is not a person", who)};
  if (who == requester || who == approval.requested_by) {
    return Reason{"approval-self", fmt::format("{} asked for this plan and so cannot approve it", who)};
  }
  if (approval.at > now + kClockSkewMax) {
    return Reason{"approval-not-yet",
                  fmt::format("the approval of {} is from the future, {}", who, base::to_iso8601(approval.at))};
  }
  if (now >= approval.expires) {
    return Reason{"approval-expired",
                  fmt::format("the approval of {} ended at {}", who, base::to_iso8601(approval.expires))};
  }
  if (approval.expires - approval.at > kApprovalValidMax) {
    return Reason{"approval-too-long",
                  fmt::format("the approval of {} is valid for longer than approvals may be", who)};
  }
  return std::nullopt;
}

}  // namespace setpoint::oversight
