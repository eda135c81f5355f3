using System.Globalization;

namespace ProbNet.Graph;

/// <summary>A tensor's values in managed memory, row-major. Treated as immutable once built; compares by bits.</summary>
public sealed class HostTensor : IEquatable<HostTensor>
{
    private HostTensor(DType type, Shape shape, Array data)
    {
        if (data.Length != shape.Size) throw new ArgumentException($"{data.Length} values do not fill shape {shape}", nameof(data));
        (DType, Shape, Data) = (type, shape, data);
    }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The axis sizes.</summary>
    public Shape Shape { get; }

    /// <summary>The elements: <c>float[]</c>, <c>double[]</c>, <c>long[]</c> or <c>bool[]</c> by <see cref="DType"/>.</summary>
    public Array Data { get; }

    /// <summary>A tensor over the given elements (not copied).</summary>
    public static HostTensor Of(Shape shape, float[] data) => new(DType.F32, shape, data);

    /// <inheritdoc cref="Of(Shape, float[])"/>
    public static HostTensor Of(Shape shape, double[] data) => new(DType.F64, shape, data);

    /// <inheritdoc cref="Of(Shape, float[])"/>
    public static HostTensor Of(Shape shape, long[] data) => new(DType.I64, shape, data);

    /// <inheritdoc cref="Of(Shape, float[])"/>
    public static HostTensor Of(Shape shape, bool[] data) => new(DType.Bool, shape, data);

    /// <summary>A tensor of <paramref name="type"/> holding <paramref name="values"/> rounded to that type.</summary>
    public static HostTensor FromDoubles(DType type, Shape shape, ReadOnlySpan<double> values)
    {
        switch (type)
        {
            case DType.F32:
                var f = new float[values.Length];
                for (var i = 0; i < f.Length; i++) f[i] = (float)values[i];
                return Of(shape, f);
            case DType.F64:
                return Of(shape, values.ToArray());
            case DType.I64:
                var l = new long[values.Length];
                for (var i = 0; i < l.Length; i++) l[i] = (long)values[i];
                return Of(shape, l);
            default:
                var b = new bool[values.Length];
                for (var i = 0; i < b.Length; i++) b[i] = values[i] != 0;
                return Of(shape, b);
        }
    }

    /// <summary>A scalar.</summary>
    public static HostTensor Scalar(DType type, double value) => FromDoubles(type, Shape.Scalar, [value]);

    /// <summary>A 64-bit integer scalar.</summary>
    public static HostTensor Scalar(long value) => Of(Shape.Scalar, [value]);

    /// <summary>A tensor of zeros (false for truth values).</summary>
    public static HostTensor Zeros(DType type, Shape shape) => type switch
    {
        DType.F32 => Of(shape, new float[shape.Size]),
        DType.F64 => Of(shape, new double[shape.Size]),
        DType.I64 => Of(shape, new long[shape.Size]),
        DType.Bool => Of(shape, new bool[shape.Size]),
    };

    /// <summary>Element <paramref name="index"/> (row-major) as a double; truth values as 0 or 1.</summary>
    public double this[int index] => Data switch
    {
        float[] f => f[index],
        double[] d => d[index],
        long[] l => l[index],
        bool[] b => b[index] ? 1 : 0,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The elements as a typed span.</summary>
    /// <exception cref="InvalidCastException">The element type is another.</exception>
    public ReadOnlySpan<T> Span<T>() where T : unmanaged => (T[])Data;

    /// <summary>The elements widened to double.</summary>
    public double[] ToDoubles()
    {
        var result = new double[Data.Length];
        for (var i = 0; i < result.Length; i++) result[i] = this[i];
        return result;
    }

    /// <summary>The same elements under another shape of equal size.</summary>
    public HostTensor Reshape(Shape shape) => new(DType, shape, Data);

    /// <summary>The elements converted to another type.</summary>
    public HostTensor Convert(DType type) => type == DType ? this : FromDoubles(type, Shape, ToDoubles());

    /// <inheritdoc/>
    public bool Equals(HostTensor? other)
    {
        if (other is null || DType != other.DType || Shape != other.Shape) return false;
        return (Data, other.Data) switch
        {
            (float[] a, float[] b) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(a).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(b)),
            (double[] a, double[] b) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(a).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(b)),
            (long[] a, long[] b) => a.AsSpan().SequenceEqual(b),
            (bool[] a, bool[] b) => a.AsSpan().SequenceEqual(b),
            _ => false,
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HostTensor);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(DType);
        hash.Add(Shape);
        for (var i = 0; i < Math.Min(Data.Length, 16); i++) hash.Add(BitConverter.DoubleToInt64Bits(this[i]));
        return hash.ToHashCode();
    }

    /// <summary>Type, shape and the first elements.</summary>
    public override string ToString()
    {
        var shown = Enumerable.Range(0, Math.Min(Data.Length, 6)).Select(i => this[i].ToString("G6", CultureInfo.InvariantCulture));
        return $"{DType.Name()}{Shape} {{{string.Join(", ", shown)}{(Data.Length > 6 ? ", …" : "")}}}";
    }
}
