// Random patterns and events that meet often: few names, few values, every operator, nested arrays, unicode, escapes,
// numbers at the edges of precision, equal keys, $or. Everything is drawn from one source of choices: a seeded
// generator in the differential test, the fuzzer's bytes in the fuzz target.
#pragma once

#include <functional>
#include <string>

namespace setpoint::pattern::oracle {

class RandomCases {
 public:
  // choose(n) gives 0..n-1.
  explicit RandomCases(std::function<unsigned(unsigned)> choose) : choose_(std::move(choose)) {}

  std::string pattern();  // always a valid one
  std::string event();    // always a valid one

 private:
  bool one_in(unsigned n) { return choose_(n) == 0; }
  template <class List>
  std::string pick(const List& list) {
    return list[choose_(static_cast<unsigned>(std::size(list)))];
  }
  std::string name();
  std::string text();  // with quotes, perhaps with escapes
  std::string case_text();
  std::string number();
  std::string scalar();
  std::string value(int depth);
  std::string object(int depth);
  std::string member();
  std::string anything_but();
  std::string numeric();
  std::string field_list();
  std::string pattern_object(int depth, bool inside_or);
  std::string escaped(const std::string& text);

  std::function<unsigned(unsigned)> choose_;
};

}  // namespace setpoint::pattern::oracle
