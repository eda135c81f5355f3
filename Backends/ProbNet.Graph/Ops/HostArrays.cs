using System.Diagnostics;

namespace ProbNet.Graph;

/// <summary>The loops from which the reference meanings are made: index maps over row-major elements, and elementwise maps.</summary>
internal static class HostArrays
{
    /// <summary>For each element of <paramref name="shape"/> in row-major order, offset + the sum of index times stride over the axes.</summary>
    public static int[] Offsets(Shape shape, ReadOnlySpan<int> strides, int offset = 0)
    {
        var result = new int[shape.Size];
        var index = new int[shape.Rank];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = offset;
            for (var axis = shape.Rank - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < shape[axis]) break;
                offset -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return result;
    }

    /// <summary>The tensor whose element i is <paramref name="x"/>'s element <paramref name="source"/>[i], or zero where that is -1.</summary>
    public static HostTensor Take(HostTensor x, Shape shape, int[] source) => x.Data switch
    {
        float[] d => HostTensor.Of(shape, Take(d, source)),
        double[] d => HostTensor.Of(shape, Take(d, source)),
        long[] d => HostTensor.Of(shape, Take(d, source)),
        bool[] d => HostTensor.Of(shape, Take(d, source)),
        _ => throw new UnreachableException(),
    };

    private static T[] Take<T>(T[] x, int[] source) where T : struct
    {
        var result = new T[source.Length];
        for (var i = 0; i < result.Length; i++) result[i] = source[i] < 0 ? default : x[source[i]];
        return result;
    }

    /// <summary>Strides that walk an operand of shape <paramref name="x"/> while the index runs over <paramref name="target"/>: 0 along repeated axes.</summary>
    public static int[] BroadcastStrides(Shape x, Shape target)
    {
        var strides = new int[target.Rank];
        var own = x.Strides();
        for (var axis = 0; axis < x.Rank; axis++)
        {
            if (x[axis] != 1) strides[target.Rank - x.Rank + axis] = own[axis];
        }
        return strides;
    }

    /// <summary>Strides that walk the result of reducing <paramref name="axes"/> of <paramref name="x"/> while the index runs over x: 0 along reduced axes.</summary>
    public static int[] ReducedStrides(Shape x, ReadOnlySpan<int> axes)
    {
        var strides = new int[x.Rank];
        for (int axis = x.Rank - 1, step = 1; axis >= 0; axis--)
        {
            if (axes.Contains(axis)) continue;
            strides[axis] = step;
            step *= x[axis];
        }
        return strides;
    }

    /// <summary>Floating-point elements mapped in double and rounded.</summary>
    public static HostTensor Map(HostTensor x, Func<double, double> f)
    {
        if (x.Data is float[] single) return HostTensor.Of(x.Shape, Array.ConvertAll(single, v => (float)f(v)));
        return HostTensor.Of(x.Shape, Array.ConvertAll((double[])x.Data, v => f(v)));
    }

    /// <summary>Pairs of floating-point elements mapped in double and rounded.</summary>
    public static HostTensor Zip(HostTensor x, HostTensor y, Func<double, double, double> f)
    {
        if (x.Data is float[] a)
        {
            var b = (float[])y.Data;
            var single = new float[a.Length];
            for (var i = 0; i < single.Length; i++) single[i] = (float)f(a[i], b[i]);
            return HostTensor.Of(x.Shape, single);
        }
        double[] c = (double[])x.Data, d = (double[])y.Data;
        var result = new double[c.Length];
        for (var i = 0; i < result.Length; i++) result[i] = f(c[i], d[i]);
        return HostTensor.Of(x.Shape, result);
    }

    /// <summary>Pairs of elements of any one type compared through a selector for integers and one for everything else.</summary>
    public static HostTensor Compare(HostTensor x, HostTensor y, Func<double, double, bool> f, Func<long, long, bool> integers)
    {
        var result = new bool[x.Data.Length];
        if (x.Data is long[] a)
        {
            var b = (long[])y.Data;
            for (var i = 0; i < result.Length; i++) result[i] = integers(a[i], b[i]);
        }
        else
        {
            for (var i = 0; i < result.Length; i++) result[i] = f(x[i], y[i]);
        }
        return HostTensor.Of(x.Shape, result);
    }
}
