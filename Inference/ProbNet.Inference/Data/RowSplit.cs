using ProbNet.Graph;

namespace ProbNet.Inference.Data;

/// <summary>Which rows go where; positions from 0, each part in file order. Together they are all rows.</summary>
/// <param name="Training">At least one row.</param>
/// <param name="Validation">May be empty.</param>
/// <param name="HeldOut">May be empty.</param>
public sealed record RowSplit(EqArray<int> Training, EqArray<int> Validation, EqArray<int> HeldOut)
{
    private const uint Stream = 0x73706C74; // "splt"

    /// <summary>
    /// A row's random bits: the first two Philox words of block <paramref name="row"/> in a stream of its own. The same on every machine, and whatever the
    /// other rows are.
    /// </summary>
    internal static ulong Key(long seed, int row)
    {
        var words = Philox.At(seed, step: 0, draw: 0, Stream, block: (uint)row);
        return (ulong)words.W0 << 32 | words.W1;
    }

    /// <summary>
    /// Divides the rows. They are ordered by their keys, 64 random bits each (<see cref="Key"/>); the first round(heldOut * n) are held out, the next
    /// round(validation * n) are for validation (halves round up; a positive fraction takes at least one row), the rest train. With <paramref name="strata"/>,
    /// the row of rank r among the m rows of its stratum (by key) is ordered by (r + 1/2) / m before its key, which spreads each stratum
    /// evenly over the order: of k strata, one that is a share w of all rows has that share of the held-out rows, and of held-out and validation
    /// rows together, to within 1/2 + w (k - 2) / 2 rows (a rank is rounded by 1/2, and all strata share one cut).
    /// </summary>
    /// <param name="spec">Fractions and seed.</param>
    /// <param name="rows">n.</param>
    /// <param name="strata">The stratum of each row, [n], or null.</param>
    /// <returns>The split, or null if no row is left to train on.</returns>
    public static RowSplit? Of(SplitSpec spec, int rows, IReadOnlyList<string>? strata)
    {
        var (heldOut, validation) = (Count(spec.HeldOut, rows), Count(spec.Validation, rows));
        if (heldOut + validation >= rows) return null;
        var order = Enumerable.Range(0, rows).OrderBy(r => Key(spec.Seed, r)).ThenBy(r => r).ToArray();
        if (strata is not null)
        {
            var place = new double[rows];
            foreach (var stratum in order.GroupBy(r => strata[r], StringComparer.Ordinal))
            {
                var members = stratum.ToArray();
                for (var rank = 0; rank < members.Length; rank++) place[members[rank]] = (rank + 0.5) / members.Length;
            }
            order = [.. order.OrderBy(r => place[r])]; // stable: ties keep the order of keys
        }
        return new(Sorted(order[(heldOut + validation)..]), Sorted(order[heldOut..(heldOut + validation)]), Sorted(order[..heldOut]));
    }

    private static int Count(double fraction, int rows) =>
        fraction == 0 ? 0 : Math.Max(1, (int)Math.Round(fraction * rows, MidpointRounding.AwayFromZero));

    private static EqArray<int> Sorted(int[] rows)
    {
        Array.Sort(rows);
        return [.. rows];
    }
}
