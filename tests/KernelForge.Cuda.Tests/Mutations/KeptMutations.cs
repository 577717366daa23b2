using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Faults of incremental runs: which block, which row of it, which position, and what is left for the next run.</summary>
internal static class KeptMutations
{
    private const string File = "kept.cuh", Rows = "attention_rows.cuh";

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("new keys go to the block behind", Cases.Kept, "keep_keys", File, "position / kept_rows]", "position / kept_rows + 1]", OutOfBounds),
        new("keys are read from the block before", Cases.Kept, "attention", File, "position / kept_rows]", "(position - 1) / kept_rows]", null),
        new("keys are read a row off", Cases.Kept, "attention", File, "position % kept_rows", "(position + 1) % kept_rows", UninitialisedRead),
        new("every sequence has the blocks of the first", Cases.Kept, "attention", File, "starts[sequence] + position", "starts[0] + position", null),
        new("new keys overwrite the first ones", Cases.Kept, "keep_keys", "", "kept.key(sequence, base + i)", "kept.key(sequence, i)", UninitialisedRead),
        new("the last new rows are not kept", Cases.Kept, "keep_keys", "", "i < count;", "i < count - 1;", UninitialisedRead),
        new("a block that was given back is read", Cases.KeptWindow, "attention", File, "return block == 0 ? nullptr : ", "return ", OutOfBounds),
        new("kept keys are not waited for", Cases.Kept, "attention", "attention.cuh", "cp_async_wait<STAGES - 2>();", "", AsyncNotWaited),
        new("kept keys beyond the sequence are copied", Cases.Kept, "attention", Rows,
            "first + row < length ? row_at(first + row) : nullptr", "row_at(first + row)", UninitialisedRead),
        new("queries count from the first in memory", Cases.Kept, "attention", "attention_score.cuh", "KEPT ? item.queryBase + query : query", "query", null),
        new("tiles are left out as if queries counted from the first in memory", Cases.Kept, "attention", "attention.cuh",
            "const int base = KEPT ? item.queryBase : 0;", "const int base = 0;", null),

        new("a scan begins anew with each run", Cases.KeptStates, "scan", "", "if (kept.before != nullptr) at.load", "if (false) at.load", null),
        new("a scan leaves nothing", Cases.KeptStates, "scan", "", "if (at.feature < HIDDEN) at.store", "if (false) at.store", UninitialisedRead),
        new("a scan leaves states among what it begins with", Cases.KeptStates, "scan", File,
            "reinterpret_cast<T*>(places[2 * sequence + 1] + place)", "reinterpret_cast<T*>(places[0] + place)", OutOfBounds),
        new("last rows are kept a row off", Cases.KeptStates, "keep_last_rows", "", "(position - last) * padded(COLUMNS)",
            "(position - last + 1) * padded(COLUMNS)", UninitialisedRead),
        new("rows are put together but not kept", Cases.KeptStates, "keep_rows", "",
            "keep_row(block, rows, first + position - base, lane);", "", UninitialisedRead),
    ];
}
