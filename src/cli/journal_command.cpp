// journal verify | show | export | checkpoint
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "engine/engine.h"
#include "journal/checkpoint.h"
#include "journal/limits.h"

namespace setpoint::cli {

using base::Json;
using engine::Engine;
using journal::VerifyReport;

namespace {

struct Arguments {
  std::string file;
  std::string checkpoint;
  std::string key;
  std::string subject;
  std::size_t limit = 50;
};

base::Result<std::optional<journal::Checkpoint>> read_checkpoint(const Arguments& arguments) {
  if (arguments.checkpoint.empty()) return std::optional<journal::Checkpoint>();
  TRY(std::string text, base::read_file(arguments.checkpoint, journal::kCheckpointFileBytesMax));
  TRY(journal::SignedCheckpoint checkpoint, journal::parse_checkpoint(text));
  if (arguments.key.empty()) {
    return base::fail({base::ErrorCode::invalid_input,
                       "a checkpoint needs the key that you trust",
                       arguments.checkpoint,
                       "--key FILE",
                       {}});
  }
  TRY(std::string key_text, base::read_file(arguments.key, journal::kKeyFileBytesMax));
  TRY(std::string key, journal::parse_public_key(key_text));
  TRY_VOID(journal::check_signature(checkpoint, key));
  return std::optional(checkpoint.checkpoint);
}

void report(Context& context, const VerifyReport& report) {
  if (context.options.json) {
    std::cout << report.json().dump(2) << "\n";
  } else if (report.ok()) {
    std::cout << context.paint(Tone::good, "the journal verifies")
              << fmt::format(": {} entries, head {}\n", report.entries, report.head.hex());
  } else {
    std::cout << context.paint(Tone::bad, "the journal does not verify")
              << fmt::format(": entry {}: {} [{}]\n", report.fault->seq, report.fault->text, report.fault->code);
  }
  if (!report.ok()) context.exit_code = kNegative;
}

void verify(Context& context, const Arguments& arguments) {
  auto checkpoint = read_checkpoint(arguments);
  if (!checkpoint) return context.fail(checkpoint.error());
  if (!arguments.file.empty()) {
    std::ifstream in(arguments.file, std::ios::binary);
    if (!in) return context.fail({base::ErrorCode::not_found, "cannot open the export", arguments.file, {}, {}});
    return report(context, journal::verify_export(in, *checkpoint));
  }
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(VerifyReport result, engine.parts().journal.verify(*checkpoint));
    report(context, result);
    return {};
  });
}

void show_entry(const journal::Entry& entry, const Context& context) {
  if (context.options.json) {
    std::cout << base::canonical({{"seq", entry.seq},
                                  {"time", base::to_iso8601(entry.time)},
                                  {"kind", entry.kind},
                                  {"actor", entry.actor},
                                  {"subject", entry.subject},
                                  {"body", entry.body},
                                  {"hash", entry.hash.hex()}})
              << "\n";
    return;
  }
  std::cout << fmt::format("{:>6}  {}  {}  {}  {}\n", entry.seq, base::to_iso8601(entry.time),
                           context.paint(Tone::accent, entry.kind), printable(entry.actor),
                           printable(entry.subject, 80));
}

void show(Context& context, const Arguments& arguments) {
  context.with_engine([&](Engine& engine) -> base::Status {
    journal::Journal& journal = engine.parts().journal;
    TRY(journal::Head head, journal.head());
    std::uint64_t from = head.seq > arguments.limit ? head.seq - arguments.limit + 1 : 1;
    auto entries = arguments.subject.empty() ? journal.read(from, arguments.limit)
                                             : journal.find(arguments.subject, 1, arguments.limit);
    if (!entries) return base::fail(entries.error());
    for (const journal::Entry& entry : *entries) show_entry(entry, context);
    return {};
  });
}

void export_to(Context& context, const Arguments& arguments) {
  context.with_engine([&](Engine& engine) -> base::Status {
    std::ofstream file;
    if (!arguments.file.empty()) file.open(arguments.file, std::ios::binary);
    std::ostream& out = arguments.file.empty() ? std::cout : file;
    TRY(std::uint64_t count, engine.parts().journal.export_to([&](std::string_view line) -> base::Status {
      out << line;
      return out ? base::Status()
                 : base::Status(
                       base::fail({base::ErrorCode::unavailable, "cannot write the export", arguments.file, {}, {}}));
    }));
    out.flush();
    if (!out) return base::fail({base::ErrorCode::unavailable, "cannot write the export", arguments.file, {}, {}});
    std::cerr << count << " entries\n";
    return {};
  });
}

void checkpoint(Context& context) {
  context.with_engine([&](Engine& engine) -> base::Status {
    TRY(std::string text, engine.checkpoint());
    std::cout << text;
    return {};
  });
}

}  // namespace

void add_journal_command(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* journal =
      app.add_subcommand("journal", "The hash-chained record of everything that was seen, decided and done");
  journal->require_subcommand(1);
  journal->fallthrough();
  CLI::App* verifying = journal->add_subcommand("verify", "Check every entry and the chain");
  verifying->add_option("--file", arguments->file, "an export instead of the home's journal");
  verifying->add_option("--checkpoint", arguments->checkpoint, "a signed checkpoint: shows a journal that was cut");
  verifying->add_option("--key", arguments->key, "the public key that you trust");
  verifying->callback([&context, arguments] { verify(context, *arguments); });
  CLI::App* showing = journal->add_subcommand("show", "The newest entries, or those about one subject");
  showing->add_option("subject", arguments->subject, "a finding's, plan's or run's id");
  showing->add_option("--limit", arguments->limit, "how many");
  showing->callback([&context, arguments] { show(context, *arguments); });
  CLI::App* exporting =
      journal->add_subcommand("export", "The whole journal, one line an entry (docs/journal-format.md)");
  exporting->add_option("file", arguments->file, "a file (default: standard output)");
  exporting->callback([&context, arguments] { export_to(context, *arguments); });
  journal->add_subcommand("checkpoint", "A signed statement of the journal's present end, to be kept elsewhere")
      ->callback([&context] { checkpoint(context); });
}

}  // namespace setpoint::cli
