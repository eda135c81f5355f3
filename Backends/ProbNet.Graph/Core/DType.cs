namespace ProbNet.Graph;

/// <summary>The element type of a tensor. Promotion is never implicit: <see cref="TensorMath.Convert"/> converts.</summary>
public enum DType
{
    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>64-bit signed integer (indices, class labels, counters).</summary>
    I64,

    /// <summary>Truth value, one byte.</summary>
    Bool,
}

/// <summary>Facts about <see cref="DType"/> values.</summary>
public static class DTypes
{
    /// <summary>Whether the type is a floating-point type.</summary>
    public static bool IsFloat(this DType type) => type is DType.F32 or DType.F64;

    /// <summary>The size of one element in bytes.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.F32 => 4,
        DType.F64 => 8,
        DType.I64 => 8,
        DType.Bool => 1,
    };

    /// <summary>The name used in printed graphs: f32, f64, i64, bool.</summary>
    public static string Name(this DType type) => type switch
    {
        DType.F32 => "f32",
        DType.F64 => "f64",
        DType.I64 => "i64",
        DType.Bool => "bool",
    };
}
