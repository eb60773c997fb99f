#include "pattern/prefilter.h"

#include <gtest/gtest.h>

#include "pattern/pattern.h"

namespace setpoint::pattern {
namespace {

std::vector<Value> values() {
  std::vector<Value> out(3);
  out[0].kind = ValueKind::null;
  out[1].kind = ValueKind::boolean_false;
  out[2].kind = ValueKind::boolean_true;
  for (std::string_view text : {"",
                                "a",
                                "ab",
                                "abc",
                                "abcd",
                                "abcdefgh",
                                "abcdefghi",
                                "abcdefghijklmnop",
                                "abcdXfghijklmnop",
                                "abcdefghijklmnopq",
                                "abcdefghiXklmnopq",
                                "xabc",
                                "eu-west-1",
                                "\xc3\xa9",
                                "10.1.2.3",
                                "10.1.3.3",
                                "10.128.0.1",
                                "::ffff:10.1.2.3",
                                "2001:db8:1::1",
                                "2001:db9::",
                                "300.1.1.1",
                                "10.1.2"}) {
    Value& value = out.emplace_back();
    value.kind = ValueKind::string;
    value.text = text;
  }
  for (std::string_view text : {"0", "5", "5.0", "4.999999999999999999999", "5.000000000000000000001", "6", "-1e300"}) {
    Number number;
    EXPECT_EQ(parse_number(text, number), NumberFault::none);
    Value& value = out.emplace_back();
    value.kind = ValueKind::number;
    value.set(number);
  }
  return out;
}

constexpr std::string_view kTests[] = {R"("abc")",
                                       R"("")",
                                       R"("abcdefghijklmnop")",
                                       R"("abcdefghijklmnopq")",
                                       R"("abc","eu-west-1",5)",
                                       R"("abc","eu-west-1","xabc")",
                                       R"({"prefix":""})",
                                       R"({"prefix":"abc"})",
                                       R"({"prefix":"abcdefghi"})",
                                       R"({"prefix":"abcdefghijklmnopq"})",
                                       R"({"suffix":"bc"})",
                                       R"({"suffix":"bcdefghijklmnop"})",
                                       R"({"suffix":"abcdefghijklmnopq"})",
                                       R"({"numeric":[">",5]})",
                                       R"({"numeric":[">=",5,"<",6]})",
                                       R"({"numeric":["=",5]})",
                                       R"({"anything-but":["abc","ab"]})",
                                       R"({"anything-but":[5]})",
                                       R"({"anything-but":{"prefix":"ab"}})",
                                       R"({"anything-but":{"prefix":"abcdefghijklmnopq"}})",
                                       R"({"anything-but":{"suffix":"bc"}})",
                                       R"({"anything-but":{"suffix":["bc","cd"]}})",
                                       R"({"cidr":"10.1.2.3/32"})",
                                       R"({"cidr":"10.1.2.0/23"})",
                                       R"({"cidr":"10.0.0.0/9"})",
                                       R"({"cidr":"0.0.0.0/0"})",
                                       R"({"cidr":"::/0"})",
                                       R"({"cidr":"2001:db8::/31"})",
                                       R"({"cidr":"2001:db8::/32"})",
                                       R"({"cidr":"2001:db8:1::1/128"})",
                                       R"({"exists":true})",
                                       "null"};

TEST(Prefilter, never_says_anything_but_what_the_whole_test_says) {
  std::size_t decided = 0;
  for (std::string_view members : kTests) {
    base::Diagnostics diagnostics;
    auto pattern = Pattern::compile({"p", "{\"f\":[" + std::string(members) + "]}"}, diagnostics);
    ASSERT_TRUE(pattern.has_value()) << diagnostics.render();
    const FieldTest& whole = *pattern->alternatives().front().front().test;
    IndexedTest test(whole, 7);
    EXPECT_EQ(test.path(), 7u);
    for (const Value& value : values()) {
      auto parsed = parse_address(value.text);
      Prefilter says = test.about(
          value, [&] { return prefilter_hash(value.text); }, [&] { return parsed ? &*parsed : nullptr; });
      if (says == Prefilter::unsure) continue;
      ++decided;
      EXPECT_EQ(says == Prefilter::yes, whole.matches(value)) << members << value.text;
    }
  }
  EXPECT_GT(decided, values().size() * std::size(kTests) / 2);
}

}  // namespace
}  // namespace setpoint::pattern
