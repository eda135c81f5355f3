namespace ProbNet.Graph;

/// <summary>Questions that simplification rules ask of an operand.</summary>
internal static class Match
{
    /// <summary>The value of a constant all of whose elements are one literal scalar, seen through broadcasts and reshapes; null otherwise.</summary>
    public static double? Uniform(Tensor x)
    {
        while (x.Op is OpCode.Broadcast or OpCode.Reshape) x = x.Inputs[0];
        return x.Attributes is Attributes.Literal { Value.Data.Length: 1 } literal ? literal.Value[0] : null;
    }

    /// <summary>Whether x is the uniform constant <paramref name="value"/> (0 matches both zeros).</summary>
    public static bool Is(Tensor x, double value) => Uniform(x) == value;

    /// <summary>Whether x is a uniform constant zero of either sign.</summary>
    public static bool IsZero(Tensor x) => Is(x, 0);

    /// <summary>Whether the axes are 0, 1, 2, … in order.</summary>
    public static bool IsIdentity(EqArray<int> permutation)
    {
        for (var i = 0; i < permutation.Count; i++)
        {
            if (permutation[i] != i) return false;
        }
        return true;
    }
}
