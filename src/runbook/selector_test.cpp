#include "runbook/selector.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace setpoint::runbook {
namespace {

using base::Json;

const Json& store() {
  static const Json kStore = Json::parse(R"({"store": {"book": [
    {"title": "Sayings", "price": 8.95, "tags": ["a", "b"]},
    {"title": "Sword", "price": 12.99, "isbn": "1", "tags": []},
    {"title": "Moby", "price": 8.99, "isbn": "2", "tags": ["b"]}], "bicycle": {"price": 19.95}}, "limit": 10, "a-b": {"c d": 1}})");
  return kStore;
}

// The selection as JSON text; "nothing" where there is none, "error" where the selector is refused.
std::string select(std::string_view selector, const Json& root = store()) {
  auto parsed = Selector::parse(selector);
  if (!parsed) return "error";
  auto found = parsed->select(root);
  if (!found) return "limit";
  return *found ? (*found)->dump() : "nothing";
}

TEST(Selector, DefinitePathsYieldOneValueOrNothing) {
  EXPECT_EQ(select("$.store.book[0].title"), R"("Sayings")");
  EXPECT_EQ(select("store.book[0].title"), R"("Sayings")");
  EXPECT_EQ(select("$['store'][\"book\"][-1]['title']"), R"("Moby")");
  EXPECT_EQ(select("$.a-b['c d']"), "1");
  EXPECT_EQ(select("$.store.book[3].title"), "nothing");
  EXPECT_EQ(select("$.store.nothing.deeper"), "nothing");
  EXPECT_EQ(select("$.limit.x[0]"), "nothing");
  EXPECT_EQ(select("$", Json(7)), "7");
}

TEST(Selector, IndefinitePathsYieldLists) {
  EXPECT_EQ(select("$.store.book[*].title"), R"(["Sayings","Sword","Moby"])");
  EXPECT_EQ(select("$..price"), "[19.95,8.95,12.99,8.99]");
  EXPECT_EQ(select("$.store..title"), R"(["Sayings","Sword","Moby"])");
  EXPECT_EQ(select("$.store.book[0,2].title"), R"(["Sayings","Moby"])");
  EXPECT_EQ(select("$.store.book[1:].price"), "[12.99,8.99]");
  EXPECT_EQ(select("$.store.book[:-1].price"), "[8.95,12.99]");
  EXPECT_EQ(select("$.store.book[0]['title','price']"), R"(["Sayings",8.95])");
  EXPECT_EQ(select("$.store.nothing[*]"), "[]");
}

TEST(Selector, Filters) {
  EXPECT_EQ(select("$.store.book[?(@.isbn)].title"), R"(["Sword","Moby"])");
  EXPECT_EQ(select("$.store.book[?(!@.isbn)].title"), R"(["Sayings"])");
  EXPECT_EQ(select("$.store.book[?(@.price < $.limit)].title"), R"(["Sayings","Moby"])");
  EXPECT_EQ(select("$.store.book[?(@.price < 10 && @.isbn == '2')].title"), R"(["Moby"])");
  EXPECT_EQ(select("$.store.book[?((@.price > 10 || @.title == \"Moby\") && @.isbn)].title"), R"(["Sword","Moby"])");
  EXPECT_EQ(select("$.store.book[?(@.title =~ /s.*/i)].title"), R"(["Sayings","Sword"])");
  EXPECT_EQ(select("$.store.book[?(@.title in ['Moby', 'x'])].price"), "[8.99]");
  EXPECT_EQ(select("$.store.book[?(@.title nin ['Moby'])].price"), "[8.95,12.99]");
  EXPECT_EQ(select("$.store.book[?(@.tags contains 'b')].title"), R"(["Sayings","Moby"])");
  EXPECT_EQ(select("$.store.book[?(@.tags size 2)].title"), R"(["Sayings"])");
  EXPECT_EQ(select("$.store.book[?(@.tags empty true)].title"), R"(["Sword"])");
  EXPECT_EQ(select("$.store.book[?(@.tags anyof ['a'])].title"), R"(["Sayings"])");
  EXPECT_EQ(select("$.store.book[?(@.tags subsetof ['b'])].title"), R"(["Sword","Moby"])");
  EXPECT_EQ(select("$.store.book[?(@.price != 'x')].title"), R"(["Sayings","Sword","Moby"])");
  EXPECT_EQ(select("$.store.book[?(@.price > 'x')].title"), "[]");
}

TEST(Selector, Functions) {
  EXPECT_EQ(select("$.store.book.length()"), "3");
  EXPECT_EQ(select("$..price.max()"), "19.95");
  EXPECT_EQ(select("$.store.book[*].tags.size()"), "3");
  EXPECT_EQ(select("$.store.book.first()"), store()["store"]["book"][0].dump());
  EXPECT_EQ(select("$.store.bicycle.keys()"), R"(["price"])");
  EXPECT_EQ(select("$.nothing.length()"), "nothing");
}

TEST(Selector, RefusesWhatIsNoSelector) {
  for (const char* text : {"", "$.", "$..", "$[", "$[]", "$['a", "$[?(]", "$[?(@.a ==)]", "$[1:x]", "$.a b", "$.f()",
                           "$[?(@.a =~ /(/)]", "$[99999999999999999999]", "$[?@.a]"}) {
    EXPECT_EQ(select(text), "error") << text;
  }
}

TEST(Selector, BoundsDepthAndWork) {
  EXPECT_EQ(select("$[?(" + std::string(1000, '(') + "@.a" + std::string(1000, ')') + ")]"), "error");
  EXPECT_EQ(select(std::string(5000, 'a')), "error");
  Json wide = Json::array();
  for (int i = 0; i < 2000; ++i) wide.push_back(i);
  EXPECT_EQ(select("$[?($[?($[?(@ == 1)])])]", wide), "limit");
}

}  // namespace
}  // namespace setpoint::runbook
