#include "twin/iam_evaluator.h"

#include <algorithm>
#include <array>

#include "twin/iam_conditions.h"
#include "twin/limits.h"

namespace setpoint::twin {

namespace {

constexpr char kAnyText =
    '\x01';  // what * and ? of a pattern become, so that those of a variable's value stay themselves
constexpr char kAnyByte = '\x02';

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "aws:username" or "aws:PrincipalTag/team, 'none'"; nullopt where there is no one value.
std::optional<std::string> variable_value(std::string_view name, const AccessRequest& request) {
  if (name == "*" || name == "?" || name == "$") return std::string(name);
  std::size_t comma = name.find(',');
  auto found = request.context.find(lower(name.substr(0, comma)));
  if (found != request.context.end() && found->second.size() == 1) return found->second[0];
  if (comma == std::string_view::npos) return {};
  std::size_t open = name.find('\'', comma), close = name.rfind('\'');
  if (open == std::string_view::npos || close <= open) return {};
  return std::string(name.substr(open + 1, close - open - 1));
}

std::optional<std::string> expand(std::string_view pattern, const AccessRequest& request) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '$' && i + 1 < pattern.size() && pattern[i + 1] == '{') {
      std::size_t end = pattern.find('}', i);
      if (end == std::string_view::npos) return {};
      auto value = variable_value(pattern.substr(i + 2, end - i - 2), request);
      if (!value) return {};
      out += *value;
      i = end;
    } else {
      out += pattern[i] == '*' ? kAnyText : pattern[i] == '?' ? kAnyByte : pattern[i];
    }
  }
  return out;
}

bool glob(std::string_view text, std::string_view pattern) {
  std::size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == kAnyText) {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == kAnyByte || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == kAnyText) ++p;
  return p == pattern.size();
}

template <class Matches>
bool any_of_element(const Json& element, const Matches& matches) {
  if (element.is_string()) return matches(element.get_ref<const std::string&>());
  if (!element.is_array()) return false;
  return std::any_of(element.begin(), element.end(), [&](const Json& item) {
    return item.is_string() && matches(item.template get_ref<const std::string&>());
  });
}

bool action_applies(const Json& statement, const AccessRequest& request) {
  auto matches = [&](const std::string& pattern) {
    return matches_policy_pattern(lower(request.action), lower(pattern), request);
  };
  const Json& negated = base::member(statement, "NotAction");
  return negated.is_null() ? any_of_element(base::member(statement, "Action"), matches)
                           : !any_of_element(negated, matches);
}

bool resource_applies(const Json& statement, const AccessRequest& request) {
  auto matches = [&](const std::string& pattern) { return matches_policy_pattern(request.resource, pattern, request); };
  const Json& negated = base::member(statement, "NotResource");
  return negated.is_null() ? any_of_element(base::member(statement, "Resource"), matches)
                           : !any_of_element(negated, matches);
}

AccessVerdict judge_statement(const Json& statement, const AccessRequest& request) {
  std::string effect = base::string_member(statement, "Effect");
  bool deny = effect == "Deny";
  if (!deny && effect != "Allow") return AccessVerdict::implicitly_denied;
  if (!action_applies(statement, request) || !resource_applies(statement, request))
    return AccessVerdict::implicitly_denied;
  ConditionVerdict conditions = judge_conditions(base::member(statement, "Condition"), request);
  if (deny)
    return conditions == ConditionVerdict::not_met ? AccessVerdict::implicitly_denied
                                                   : AccessVerdict::explicitly_denied;
  return conditions == ConditionVerdict::met ? AccessVerdict::allowed : AccessVerdict::implicitly_denied;
}

AccessVerdict judge_all(const std::vector<Json>& policies, const AccessRequest& request) {
  AccessVerdict verdict = AccessVerdict::implicitly_denied;
  for (const Json& policy : policies)
    verdict = std::max(verdict, judge(policy, request), [](AccessVerdict a, AccessVerdict b) {
      auto rank = [](AccessVerdict v) {
        return v == AccessVerdict::implicitly_denied ? 0 : v == AccessVerdict::allowed ? 1 : 2;
      };
      return rank(a) < rank(b);
    });
  return verdict;
}

// --- Policies in the state

void add_attached(const State& state, const std::string& account, const Json& attached, std::vector<Json>& out) {
  for (const Json& entry : attached) {
    std::string arn = base::string_member(entry, "PolicyArn");
    if (arn == "arn:aws:iam::aws:policy/AdministratorAccess") {
      out.push_back({{"Statement", {{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}}}});
    } else if (const Json* policy = state.find({account, "global", "AWS::IAM::Policy", arn})) {
      out.push_back(base::member(*policy, "Document"));
    }
  }
}

void add_policies_of(const State& state, const StateKey& key, PolicySet& out) {
  const Json* principal = state.find(key);
  if (!principal) return;
  for (const Json& policy : base::member(*principal, "Policies")) out.identity.push_back(policy);
  add_attached(state, key.account, base::member(*principal, "AttachedPolicies"), out.identity);
  const Json& boundary = base::member(*principal, "PermissionsBoundary");
  if (boundary.is_null()) return;
  out.boundary.emplace();
  add_attached(state, key.account, Json::array({{{"PolicyArn", base::member(boundary, "PermissionsBoundaryArn")}}}),
               *out.boundary);
}

// --- Principals

// How a policy of a resource names a caller. Whoever is named by the account alone is let in as far as the account's
// own policies let him.
enum class Naming { none, account, anyone, direct };

bool is_role_of(const std::string& arn, const Caller& caller) {
  return !caller.role_name.empty() && arn.find(fmt::format(":iam::{}:role/", caller.account)) != std::string::npos &&
         arn.substr(arn.rfind('/') + 1) == caller.role_name;
}

Naming naming_of(const std::string& principal, const Caller& caller) {
  if (principal == caller.arn && !caller.is_root()) return Naming::direct;
  if (principal == "*" || is_role_of(principal, caller)) return Naming::anyone;
  bool account = principal == caller.account || principal.ends_with(fmt::format(":iam::{}:root", caller.account));
  return account ? Naming::account : Naming::none;
}

Naming naming_in(const Json& principal, const Caller& caller) {
  if (principal.is_string()) return principal.get<std::string>() == "*" ? Naming::anyone : Naming::none;
  Naming strongest = Naming::none;
  any_of_element(base::member(principal, "AWS"), [&](const std::string& name) {
    strongest = std::max(strongest, naming_of(name, caller));
    return false;
  });
  return strongest;
}

Naming naming_by(const Json& statement, const Caller& caller) {
  const Json& others = base::member(statement, "NotPrincipal");
  if (others.is_null()) return naming_in(base::member(statement, "Principal"), caller);
  return naming_in(others, caller) == Naming::none ? Naming::anyone : Naming::none;
}

std::vector<Json> statements_of(const Json& written) {
  Json policy = policy_object(written);
  const Json& statements = base::member(policy, "Statement");
  if (statements.is_object()) return {statements};
  return statements.is_array() ? statements.get<std::vector<Json>>() : std::vector<Json>();
}

struct ResourceVerdict {
  bool denied = false;
  Naming allowed = Naming::none;  // as whom
};

ResourceVerdict judge_side(const Json& policy, const AccessRequest& request, const Caller& caller) {
  ResourceVerdict out;
  for (Json& statement : statements_of(policy)) {
    if (!statement.is_object()) continue;
    Naming naming = naming_by(statement, caller);
    if (naming == Naming::none) continue;
    // The trust in a role names no resource: it is the role's.
    if (!statement.contains("Resource") && !statement.contains("NotResource")) statement["Resource"] = "*";
    AccessVerdict verdict = judge_statement(statement, request);
    out.denied = out.denied || verdict == AccessVerdict::explicitly_denied;
    if (verdict == AccessVerdict::allowed) out.allowed = std::max(out.allowed, naming);
  }
  return out;
}

// Whoever locks himself out of his bucket: the root user may still mend the policy.
bool mends_bucket_policy(const PolicySet& policies, const std::string& action) {
  return policies.everything &&
         (action == "s3:PutBucketPolicy" || action == "s3:GetBucketPolicy" || action == "s3:DeleteBucketPolicy");
}

// --- Layers of the caller's own policies

struct Layer {
  const std::vector<Json>* policies;
  const char* name;
};
using Layers = std::array<Layer, 3>;

Layers layers_of(const PolicySet& policies) {
  return {Layer{&policies.identity, "identity-based policy"},
          {policies.boundary ? &*policies.boundary : nullptr, "permissions boundary"},
          {policies.session ? &*policies.session : nullptr, "session policy"}};
}

Evaluation not_allowed_by(const char* name, const AccessRequest& request) {
  return {AccessVerdict::implicitly_denied, fmt::format("because no {} allows the {} action", name, request.action)};
}

std::optional<Evaluation> denied_by(const PolicySet& policies, const AccessRequest& request) {
  if (policies.everything) return {};
  for (const Layer& layer : layers_of(policies)) {
    if (layer.policies && judge_all(*layer.policies, request) == AccessVerdict::explicitly_denied) {
      return Evaluation{AccessVerdict::explicitly_denied,
                        fmt::format("with an explicit deny in {} {}", layer.name[0] == 'i' ? "an" : "a", layer.name)};
    }
  }
  return {};
}

// Every layer from the `first` on.
Evaluation allowed_by(const PolicySet& policies, const AccessRequest& request, std::size_t first) {
  if (policies.everything) return {AccessVerdict::allowed, {}};
  Layers layers = layers_of(policies);
  for (std::size_t i = first; i < layers.size(); ++i) {
    if (layers[i].policies && judge_all(*layers[i].policies, request) != AccessVerdict::allowed)
      return not_allowed_by(layers[i].name, request);
  }
  return {AccessVerdict::allowed, {}};
}

}  // namespace

bool matches_policy_pattern(std::string_view text, std::string_view pattern, const AccessRequest& request) {
  std::optional<std::string> expanded = expand(pattern, request);
  return expanded && glob(text, *expanded);
}

Json policy_object(const Json& policy) {
  if (!policy.is_string()) return policy;
  auto parsed = base::parse_json(policy.get_ref<const std::string&>(), {kPolicyBytesMax, 32});
  return parsed ? *parsed : Json();
}

AccessVerdict judge(const Json& written, const AccessRequest& request) {
  AccessVerdict verdict = AccessVerdict::implicitly_denied;
  for (const Json& statement : statements_of(written)) {
    AccessVerdict one = judge_statement(statement, request);
    if (one == AccessVerdict::explicitly_denied) return one;
    if (one == AccessVerdict::allowed) verdict = one;
  }
  return verdict;
}

Evaluation evaluate(const PolicySet& policies, const AccessRequest& request) {
  if (auto denied = denied_by(policies, request)) return *denied;
  return allowed_by(policies, request, 0);
}

Evaluation evaluate(const PolicySet& policies, const AccessRequest& request, const Caller& caller,
                    const ResourceSide& side) {
  if (auto denied = denied_by(policies, request)) return *denied;
  ResourceVerdict says = judge_side(side.policy, request, caller);
  if (says.denied && !mends_bucket_policy(policies, request.action))
    return {AccessVerdict::explicitly_denied, "with an explicit deny in a resource-based policy"};
  bool stranger = side.owner != caller.account;
  if ((stranger || side.policy_must_allow) && says.allowed == Naming::none)
    return not_allowed_by("resource-based policy", request);
  if (stranger || says.allowed < Naming::anyone) return allowed_by(policies, request, 0);
  constexpr std::size_t kBehindIdentity = 1, kBehindAll = 3;
  return allowed_by(policies, request, says.allowed == Naming::direct ? kBehindAll : kBehindIdentity);
}

PolicySet policies_of(const State& state, const Caller& caller) {
  PolicySet out;
  out.everything = caller.is_root();
  if (!caller.session_policies.empty()) out.session = caller.session_policies;
  if (!caller.role_name.empty())
    add_policies_of(state, {caller.account, "global", "AWS::IAM::Role", caller.role_name}, out);
  if (caller.user_name.empty()) return out;
  StateKey user{caller.account, "global", "AWS::IAM::User", caller.user_name};
  add_policies_of(state, user, out);
  if (const Json* document = state.find(user)) {
    for (const Json& group : base::member(*document, "Groups")) {
      if (group.is_string())
        add_policies_of(state, {caller.account, "global", "AWS::IAM::Group", group.get<std::string>()}, out);
    }
  }
  return out;
}

bool trusts(const Json& trust_policy, const Caller& caller, const std::string& external_id) {
  AccessRequest request{"sts:AssumeRole", "*", {}};
  request.context["aws:principalarn"] = {caller.arn};
  request.context["aws:principalaccount"] = {caller.account};
  if (!external_id.empty()) request.context["sts:externalid"] = {external_id};
  ResourceVerdict says = judge_side(trust_policy, request, caller);
  return !says.denied && says.allowed != Naming::none;
}

}  // namespace setpoint::twin
