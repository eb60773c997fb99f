// How fast rules are judged, as JSON on standard output. A pair is one rule and one item; `tried` counts only the pairs
// whose rule can apply to the item's type, the others cost nothing and are in `pairs`. One thread unless said
// otherwise; the reports, evidence included, are made in full.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "guard/rule_set.h"
#include "workload.h"

namespace setpoint::guard {
namespace {

using base::Json;
double seconds_on(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The best of a few rounds, in processor time of this thread: what neighbours on a shared machine take is not counted.
template <class Work>
double best_seconds(int rounds, Work&& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    double begin = seconds_on(CLOCK_THREAD_CPUTIME_ID);
    work();
    best = std::min(best, seconds_on(CLOCK_THREAD_CPUTIME_ID) - begin);
  }
  return best;
}

RuleSet compiled(const std::string& text) {
  base::Diagnostics diagnostics;
  std::optional<RuleSet> rules = RuleSet::compile({"bench.guard", text}, diagnostics);
  if (!rules || diagnostics.has_errors()) {
    std::cerr << diagnostics.render();
    std::exit(2);
  }
  return std::move(*rules);
}

struct Count {
  std::size_t tried = 0;
  std::size_t evidence = 0;
  std::size_t failures = 0;
};

Count judge(const RuleSet& rules, const std::vector<Document>& documents) {
  Count out;
  for (const Document& document : documents) {
    Report report = rules.evaluate(document);
    out.failures += report.failures.size();
    for (const RuleFailure& failure : report.failures) out.evidence += failure.evidence.size();
  }
  return out;
}

// One thread's time for everything against the slower of two threads' time for a half each, on the wall's clock and in
// processor time; the wall's says what the machine gives at the moment, the other what the threads cost each other.
Json two_threads(const RuleSet& rules, std::vector<Document> documents) {
  auto half = static_cast<std::ptrdiff_t>(documents.size() / 2);
  std::vector<Document> second(std::make_move_iterator(documents.begin() + half),
                               std::make_move_iterator(documents.end()));
  documents.resize(static_cast<std::size_t>(half));
  double one = 1e9;
  double one_wall = 1e9;
  double two = 1e9;
  double two_wall = 1e9;
  for (int i = 0; i < 5; ++i) {
    double wall = seconds_on(CLOCK_MONOTONIC);
    double time =
        best_seconds(1, [&] { (void)judge(rules, documents); }) + best_seconds(1, [&] { (void)judge(rules, second); });
    one_wall = std::min(one_wall, seconds_on(CLOCK_MONOTONIC) - wall);
    one = std::min(one, time);
    double theirs = 0;
    wall = seconds_on(CLOCK_MONOTONIC);
    std::thread other([&] { theirs = best_seconds(1, [&] { (void)judge(rules, second); }); });
    double ours = best_seconds(1, [&] { (void)judge(rules, documents); });
    other.join();
    two_wall = std::min(two_wall, seconds_on(CLOCK_MONOTONIC) - wall);
    two = std::min(two, std::max(ours, theirs));
  }
  return {{"wall", one_wall / two_wall}, {"processor_time", one / two}};
}

Json items_with(std::size_t rule_count, const std::vector<std::string>& texts) {
  RuleSet rules = compiled(control_rules(rule_count));
  std::vector<Document> documents;
  std::size_t bytes = 0;
  std::size_t memory = 0;
  std::size_t tried = 0;
  for (const std::string& text : texts) {
    documents.push_back(Document::parse_json(text).value());
    bytes += text.size();
    memory += documents.back().memory_bytes();
    tried += rules.candidates(documents.back().root().find("resourceType")->string()).size();
  }
  Count count;
  double evaluation = best_seconds(5, [&] { count = judge(rules, documents); });
  double parsing = best_seconds(5, [&] {
    DocumentReader reader;
    Document document;
    for (const std::string& text : texts) {
      if (reader.read(text, document)) (void)rules.evaluate(document);
    }
  });
  auto pairs = static_cast<double>(rule_count * texts.size());
  std::vector<std::string> some(
      texts.begin(), texts.begin() + std::min<std::ptrdiff_t>(200, static_cast<std::ptrdiff_t>(texts.size())));
  double reference = cfn_guard_pairs_per_second(control_rules(rule_count), rule_count, some);
  Json out = {{"rules", rule_count},
              {"items", texts.size()},
              {"bytes_per_item", bytes / texts.size()},
              {"document_bytes_per_item", memory / texts.size()},
              {"evaluate_pairs_per_s", pairs / evaluation},
              {"evaluate_tried_per_s", static_cast<double>(tried) / evaluation},
              {"with_parsing_pairs_per_s", pairs / parsing},
              {"with_parsing_tried_per_s", static_cast<double>(tried) / parsing},
              {"with_parsing_mb_per_s", static_cast<double>(bytes) / parsing / 1e6},
              {"two_threads_scaling", two_threads(rules, std::move(documents))},
              {"failing_pairs", count.failures},
              {"evidence", count.evidence}};
  if (reference > 0) {
    out["cfn_guard_pairs_per_s"] = reference;
    out["ratio_with_parsing"] = pairs / parsing / reference;
  }
  return out;
}

Json linearity() {
  RuleSet rules = compiled(template_rules());
  Json out;
  double small = 0;
  for (std::size_t resources : {100u, 1000u, 10000u}) {
    std::string text = template_with(resources);
    DocumentReader reader;
    Document document;
    double took = best_seconds(7, [&] {
      if (reader.read(text, document)) (void)rules.evaluate(document);
    });
    if (resources == 100) small = took;
    Json one = {{"resources", resources}, {"milliseconds", took * 1000}, {"times_the_smallest", took / small}};
    if (double reference = resources <= 1000 ? cfn_guard_seconds(template_rules(), text) : 0; reference > 0)
      one["cfn_guard_milliseconds"] = reference * 1000;
    out.push_back(one);
  }
  return out;
}

// One property of an item changes: how many rules are judged again.
Json incremental(std::size_t rule_count, const std::string& text) {
  RuleSet rules = compiled(control_rules(rule_count));
  Json item = Json::parse(text);
  Json changed = item;
  changed["configuration"]["ipPermissions"][0]["ipv4Ranges"][0]["cidrIp"] = "192.0.2.0/24";
  Document before = Document::parse_json(item.dump()).value();
  Document after = Document::parse_json(changed.dump()).value();
  std::vector<std::size_t> affected;
  double finding = best_seconds(5, [&] { affected = rules.affected(before, after); });
  std::string_view type = after.root().find("resourceType")->string();
  std::vector<std::size_t> candidates = rules.candidates(type);
  std::size_t again = 0;
  for (std::size_t rule : affected) again += std::count(candidates.begin(), candidates.end(), rule) > 0 ? 1 : 0;
  return {{"rules", rule_count},
          {"rules_for_the_type", candidates.size()},
          {"judged_again", again},
          {"microseconds_to_find_them", finding * 1e6}};
}

}  // namespace
}  // namespace setpoint::guard

int main() {
  using namespace setpoint::guard;
  std::vector<std::string> items = configuration_items(4000, 1);
  setpoint::base::Json out = {{"bench", "guard"},
                              {"items_20_rules", items_with(20, items)},
                              {"items_300_rules", items_with(300, items)},
                              {"linearity", linearity()},
                              {"incremental", incremental(300, items[0])}};
  std::cout << out.dump(2) << "\n";
}
