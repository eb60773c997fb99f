#include "twin/iam_evaluator.h"

#include <gtest/gtest.h>

namespace setpoint::twin {
namespace {

Json policy(const std::string& statements) {
  return Json::parse(R"({"Version":"2012-10-17","Statement":)" + statements + "}");
}

AccessRequest asks(const std::string& action, const std::string& resource = "*") { return {action, resource, {}}; }

AccessVerdict judged(const std::string& statement, const AccessRequest& request) {
  return judge(policy(statement), request);
}

constexpr auto kAllowed = AccessVerdict::allowed;
constexpr auto kImplicit = AccessVerdict::implicitly_denied;
constexpr auto kExplicit = AccessVerdict::explicitly_denied;

TEST(IamEvaluator, ActionsMatchWithoutCaseAndWithWildcards) {
  const std::string statement = R"({"Effect":"Allow","Action":["ec2:Describe*","s3:Get?ucket*"],"Resource":"*"})";
  EXPECT_EQ(judged(statement, asks("EC2:describevpcs")), kAllowed);
  EXPECT_EQ(judged(statement, asks("s3:GetBucketAcl")), kAllowed);
  EXPECT_EQ(judged(statement, asks("ec2:RevokeSecurityGroupIngress")), kImplicit);
}

TEST(IamEvaluator, NotActionAndNotResourceAreTheRest) {
  const std::string statement = R"([{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::secret/*"}])";
  EXPECT_EQ(judged(statement, asks("s3:GetObject", "arn:aws:s3:::open/a")), kAllowed);
  EXPECT_EQ(judged(statement, asks("s3:GetObject", "arn:aws:s3:::secret/a")), kImplicit);
  EXPECT_EQ(judged(statement, asks("iam:ListUsers")), kImplicit);
}

TEST(IamEvaluator, AnExplicitDenyWinsInAnyLayer) {
  PolicySet set;
  set.identity = {policy(R"({"Effect":"Allow","Action":"*","Resource":"*"})")};
  EXPECT_EQ(evaluate(set, asks("s3:GetObject")).verdict, kAllowed);
  set.session = std::vector<Json>{
      policy(R"([{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}])")};
  EXPECT_EQ(evaluate(set, asks("s3:GetObject")).verdict, kExplicit);
  EXPECT_EQ(evaluate(set, asks("ec2:DescribeVpcs")).verdict, kAllowed);
}

TEST(IamEvaluator, BoundaryAndSessionMustAllowToo) {
  PolicySet set;
  set.identity = {policy(R"({"Effect":"Allow","Action":"*","Resource":"*"})")};
  set.boundary = std::vector<Json>{policy(R"({"Effect":"Allow","Action":"ec2:*","Resource":"*"})")};
  EXPECT_EQ(evaluate(set, asks("s3:GetObject")).verdict, kImplicit);
  EXPECT_NE(evaluate(set, asks("s3:GetObject")).because.find("permissions boundary"), std::string::npos);
  EXPECT_EQ(evaluate(set, asks("ec2:DescribeVpcs")).verdict, kAllowed);
  set.boundary->clear();  // set, but not to be found
  EXPECT_EQ(evaluate(set, asks("ec2:DescribeVpcs")).verdict, kImplicit);
}

ResourceSide side_of(const std::string& owner, const std::string& statement, bool must_allow = false) {
  return {owner, "arn:aws:s3:::b", policy(statement), must_allow};
}

Caller user_of(const std::string& account) {
  Caller caller;
  caller.account = account;
  caller.user_name = "ada";
  caller.arn = "arn:aws:iam::" + account + ":user/ada";
  return caller;
}

// Rows: whose resource, what it says, what the caller's own policies say, whether the resource's must allow; what comes
// out.
TEST(IamEvaluator, ResourcesHaveTheirSay) {
  const Caller ada = user_of("111122223333");
  const std::string own = ada.account, other = "222233334444";
  const std::string names_user =
      R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ada"},"Action":"s3:*","Resource":"*"})";
  const std::string names_account =
      R"({"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"})";
  const std::string denies =
      R"({"Effect":"Deny","NotPrincipal":{"AWS":"222233334444"},"Action":"s3:*","Resource":"*"})";
  const std::string service =
      R"({"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"s3:*","Resource":"*"})";
  struct Row {
    std::string owner, says;
    bool caller_may, must_allow;
    AccessVerdict expected;
  };
  const Row rows[] = {{own, names_user, false, false, kAllowed},     {own, names_account, false, false, kImplicit},
                      {own, names_account, true, false, kAllowed},   {own, service, false, false, kImplicit},
                      {own, service, true, false, kAllowed},         {own, service, true, true, kImplicit},
                      {own, names_account, true, true, kAllowed},    {own, names_account, false, true, kImplicit},
                      {own, names_user, false, true, kAllowed},      {own, denies, true, false, kExplicit},
                      {other, names_user, false, false, kImplicit},  {other, names_user, true, false, kAllowed},
                      {other, names_account, true, false, kAllowed}, {other, service, true, false, kImplicit}};
  for (const Row& row : rows) {
    PolicySet set;
    if (row.caller_may) set.identity = {policy(R"({"Effect":"Allow","Action":"*","Resource":"*"})")};
    Evaluation seen =
        evaluate(set, asks("s3:GetObject", "arn:aws:s3:::b"), ada, side_of(row.owner, row.says, row.must_allow));
    EXPECT_EQ(seen.verdict, row.expected) << row.owner << " " << row.says << " " << row.caller_may << seen.because;
  }
}

TEST(IamEvaluator, WhoIsNamedHimselfIsNotHeldByBoundaries) {
  Caller session;
  session.account = "111122223333";
  session.role_name = "ops";
  session.arn = "arn:aws:sts::111122223333:assumed-role/ops/run";
  PolicySet set;
  set.session = std::vector<Json>{policy(R"({"Effect":"Allow","Action":"ec2:*","Resource":"*"})")};
  auto verdict = [&](const std::string& principal) {
    return evaluate(set, asks("s3:GetObject", "arn:aws:s3:::b"), session,
                    side_of("111122223333", R"({"Effect":"Allow","Principal":{"AWS":")" + principal +
                                                R"("},"Action":"s3:*","Resource":"*"})"))
        .verdict;
  };
  EXPECT_EQ(verdict(session.arn), kAllowed);
  EXPECT_EQ(verdict("arn:aws:iam::111122223333:role/ops"), kImplicit);
  EXPECT_EQ(verdict("*"), kImplicit);
  set.session->push_back(policy(R"({"Effect":"Deny","Action":"s3:*","Resource":"*"})"));
  EXPECT_EQ(verdict(session.arn), kExplicit);
}

struct ConditionCase {
  const char* condition;
  std::map<std::string, std::vector<std::string>> context;
  bool met;
};

TEST(IamEvaluator, Conditions) {
  const ConditionCase kCases[] = {
      {R"({"StringEquals":{"aws:username":"a"}})", {{"aws:username", {"a"}}}, true},
      {R"({"StringEquals":{"aws:username":["b","a"]}})", {{"aws:username", {"a"}}}, true},
      {R"({"StringEquals":{"aws:username":"a*"}})", {{"aws:username", {"ab"}}}, false},
      {R"({"StringLike":{"aws:username":"a*"}})", {{"aws:username", {"ab"}}}, true},
      {R"({"StringEquals":{"aws:username":"a"}})", {}, false},
      {R"({"StringEqualsIfExists":{"aws:username":"a"}})", {}, true},
      {R"({"StringNotEquals":{"aws:username":"a"}})", {}, true},
      {R"({"StringNotEquals":{"aws:username":["a","b"]}})", {{"aws:username", {"b"}}}, false},
      {R"({"StringEqualsIgnoreCase":{"aws:username":"A"}})", {{"aws:username", {"a"}}}, true},
      {R"({"NumericLessThan":{"s3:max-keys":"10"}})", {{"s3:max-keys", {"9"}}}, true},
      {R"({"NumericGreaterThanEquals":{"s3:max-keys":10}})", {{"s3:max-keys", {"9"}}}, false},
      {R"({"NumericEquals":{"s3:max-keys":"10"}})", {{"s3:max-keys", {"ten"}}}, false},
      {R"({"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}})",
       {{"aws:currenttime", {"2025-12-31T23:59:59Z"}}},
       true},
      {R"({"DateGreaterThan":{"aws:EpochTime":"1767225600"}})", {{"aws:epochtime", {"1767225601"}}}, true},
      {R"({"Bool":{"aws:SecureTransport":"false"}})", {{"aws:securetransport", {"true"}}}, false},
      {R"({"Bool":{"aws:SecureTransport":true}})", {{"aws:securetransport", {"true"}}}, true},
      {R"({"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}})", {{"aws:sourceip", {"203.0.113.9"}}}, true},
      {R"({"IpAddress":{"aws:SourceIp":"2001:db8::/32"}})", {{"aws:sourceip", {"2001:db8::1"}}}, true},
      {R"({"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}})", {{"aws:sourceip", {"203.0.113.9"}}}, false},
      {R"({"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}})",
       {{"aws:sourcearn", {"arn:aws:sns:eu-west-1:111122223333:t"}}},
       true},
      {R"({"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:t"}})",
       {{"aws:sourcearn", {"arn:aws:sns:eu-west-1:111122223333:t"}}},
       false},
      {R"({"Null":{"aws:TokenIssueTime":"true"}})", {}, true},
      {R"({"Null":{"aws:TokenIssueTime":"false"}})", {}, false},
      {R"({"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}})", {{"aws:tagkeys", {"a", "b"}}}, true},
      {R"({"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}})", {{"aws:tagkeys", {"a", "b"}}}, false},
      {R"({"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}})", {}, true},
      {R"({"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}})", {{"aws:tagkeys", {"a", "b"}}}, true},
      {R"({"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}})", {}, false},
      {R"({"StringEquals":{"aws:username":"a"},"Bool":{"aws:SecureTransport":"true"}})",
       {{"aws:username", {"a"}}, {"aws:securetransport", {"false"}}},
       false}};
  for (const ConditionCase& one : kCases) {
    AccessRequest request{"s3:GetObject", "*", one.context};
    std::string statement =
        std::string(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":)") + one.condition + "}";
    EXPECT_EQ(judged(statement, request), one.met ? kAllowed : kImplicit) << one.condition;
  }
}

TEST(IamEvaluator, WhatIsNotUnderstoodCountsAgainstTheCaller) {
  const std::string tail = R"(,"Action":"*","Resource":"*","Condition":{"StringSoundsLike":{"aws:username":"a"}}})";
  EXPECT_EQ(judged(R"({"Effect":"Allow")" + tail, asks("s3:GetObject")), kImplicit);
  EXPECT_EQ(judged(R"({"Effect":"Deny")" + tail, asks("s3:GetObject")), kExplicit);
  EXPECT_EQ(judge(Json("not json"), asks("s3:GetObject")), kImplicit);
  EXPECT_EQ(judged(R"({"Effect":"Maybe","Action":"*","Resource":"*"})", asks("s3:GetObject")), kImplicit);
}

TEST(IamEvaluator, VariablesAreReplacedAndTheirWildcardsAreLiteral) {
  const std::string statement =
      R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*"})";
  AccessRequest request{"s3:GetObject", "arn:aws:s3:::home/ann/x", {{"aws:username", {"ann"}}}};
  EXPECT_EQ(judged(statement, request), kAllowed);
  request.context["aws:username"] = {"*"};
  EXPECT_EQ(judged(statement, request), kImplicit);
  request.context.clear();
  EXPECT_EQ(judged(statement, request), kImplicit);
  EXPECT_TRUE(matches_policy_pattern("a*b", "a${*}b", request));
  EXPECT_FALSE(matches_policy_pattern("axb", "a${*}b", request));
  EXPECT_TRUE(matches_policy_pattern("team-none", "team-${aws:PrincipalTag/team, 'none'}", request));
}

}  // namespace
}  // namespace setpoint::twin
