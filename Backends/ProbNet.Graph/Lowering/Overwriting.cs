namespace ProbNet.Graph;

/// <summary>Which new state may be computed over the old one.</summary>
internal static class Overwriting
{
    /// <summary>Whether no step reads the old state after the one that writes the new, and that one reads it at the same positions only.</summary>
    /// <param name="state">The input that holds the old state.</param>
    /// <param name="next">The new state.</param>
    /// <param name="order">The steps in the order they run.</param>
    /// <param name="at">The step that writes the new state; int.MaxValue if none does.</param>
    /// <param name="lastRead">The last step that reads the old one, or -1.</param>
    public static bool IsSafe(Def state, Def next, List<Step> order, int at, int lastRead)
    {
        if (state.Type != next.Type || state.Size != next.Size || next.IsLeaf || next.Fixed || next.Kind == DefKind.Input) return false;
        if (at is < 0 or int.MaxValue) return false;
        if (next.Kind != DefKind.Map) return lastRead < at;
        if (lastRead > at) return false;
        foreach (var def in order[at].Defs)
        {
            foreach (var operand in def.Operands)
            {
                if (ReferenceEquals(operand.Def, state) && !(operand.IsIdentity && def.Space == state.Size && !Levels.ReadsByAddress(def, operand))) return false;
            }
        }
        return true;
    }
}
