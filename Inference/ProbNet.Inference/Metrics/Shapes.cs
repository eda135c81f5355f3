namespace ProbNet.Inference.Metrics;

/// <summary>Checks of flat arrays against the shapes their documentation states.</summary>
internal static class Shapes
{
    /// <summary>The number of draws in <paramref name="length"/> values of <paramref name="perDraw"/> each.</summary>
    public static int Draws(int length, int perDraw, string name) =>
        perDraw > 0 && length % perDraw == 0 ? length / perDraw : throw new ArgumentException($"{length} values are no whole number of draws of {perDraw}", name);

    /// <summary>Throws unless there are as many values as stated, and at least one.</summary>
    public static void Require(int length, int expected, string name)
    {
        if (length == 0) throw new ArgumentException("there are no rows", name);
        if (length != expected) throw new ArgumentException($"{length} values where {expected} belong", name);
    }
}
