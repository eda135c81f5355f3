namespace ProbNet.Graph;

/// <summary>What executables check before values go in or out.</summary>
internal static class Transfers
{
    /// <summary>Whether values of a type, so many of them, are those of a node.</summary>
    /// <param name="node">The input or output.</param>
    /// <param name="length">The number of values.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="index">Its number.</param>
    /// <param name="parameter">The parameter that has the values.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void Check<T>(Tensor node, int length, string what, int index, string parameter)
    {
        if (Matches<T>(node.DType) && length == node.Shape.Size) return;
        throw new ArgumentException($"{what} {index} is {node.DType.Name()}{node.Shape}, not {length} values of {typeof(T).Name}", parameter);
    }

    private static bool Matches<T>(DType type) => type switch
    {
        DType.F32 => typeof(T) == typeof(float),
        DType.F64 => typeof(T) == typeof(double),
        DType.I64 => typeof(T) == typeof(long),
        DType.Bool => typeof(T) == typeof(bool),
    };
}
