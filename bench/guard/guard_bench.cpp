// How fast rules are judged, as JSON on standard output. A pair is one rule and one item; `tried` counts only the pairs
// whose rule can apply to the item's type, the others cost nothing and are in `pairs`. One thread unless said
// otherwise; the reports, evidence included, are made in full.
#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

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

struct Halves {
  std::vector<Document> first;
  std::vector<Document> second;
  int times = 1;  // so often that starting a process does not count
};

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

void judge_often(const RuleSet& rules, const std::vector<Document>& half, int times) {
  for (int i = 0; i < times; ++i) (void)judge(rules, half);
}

// Two halves of the work at once, in two threads or in two processes that share nothing; the wall's clock.
double at_once_in_threads(const RuleSet& rules, const Halves& halves) {
  double begin = seconds_on(CLOCK_MONOTONIC);
  std::thread other([&] { judge_often(rules, halves.second, halves.times); });
  judge_often(rules, halves.first, halves.times);
  other.join();
  return seconds_on(CLOCK_MONOTONIC) - begin;
}

double at_once_in_processes(const RuleSet& rules, const Halves& halves) {
  double begin = seconds_on(CLOCK_MONOTONIC);
  pid_t other = fork();
  if (other == 0) {
    judge_often(rules, halves.second, halves.times);
    _exit(0);
  }
  judge_often(rules, halves.first, halves.times);
  int status = 0;
  if (other < 0 || waitpid(other, &status, 0) != other || status != 0) std::exit(2);
  return seconds_on(CLOCK_MONOTONIC) - begin;
}

// How much faster two are than one. Two processes show what the machine gives two of anything; what threads lose against
// them they take from each other.
Json scaling(const RuleSet& rules, std::vector<Document> documents) {
  auto half = static_cast<std::ptrdiff_t>(documents.size() / 2);
  Halves halves;
  halves.second.assign(std::make_move_iterator(documents.begin() + half), std::make_move_iterator(documents.end()));
  documents.resize(static_cast<std::size_t>(half));
  halves.first = std::move(documents);
  double one = 1e9;
  double threads = 1e9;
  double processes = 1e9;
  halves.times = 1 + static_cast<int>(0.1 / best_seconds(2, [&] { judge_often(rules, halves.first, 1); }));
  for (int i = 0; i < 7; ++i) {
    double begin = seconds_on(CLOCK_MONOTONIC);
    judge_often(rules, halves.first, halves.times);
    judge_often(rules, halves.second, halves.times);
    one = std::min(one, seconds_on(CLOCK_MONOTONIC) - begin);
    threads = std::min(threads, at_once_in_threads(rules, halves));
    processes = std::min(processes, at_once_in_processes(rules, halves));
  }
  return {{"threads", one / threads}, {"processes", one / processes}, {"threads_to_processes", processes / threads}};
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
              {"two_at_once", scaling(rules, std::move(documents))},
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
