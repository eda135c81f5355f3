using ProbNet.Graph;

using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>For each window the second operand where the first has its first maximum: max pooling where both are one.</summary>
internal sealed unsafe class WindowPickKernel<V, T> : WindowKernel<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    private readonly nint[] _positions;
    private readonly (int From, int To) _rows, _columns;

    public WindowPickKernel(Def def, PlanContext context) : base(def, context, "window pick", true)
    {
        Channels = def.Operands[0].Dims[^1];
        (_positions, _rows, _columns) = (Positions(), Whole(Rows), Whole(Columns));
    }

    protected override nint Channels { get; }

    protected override void Run(nint image, int row)
    {
        var isWhole = First == Second && row >= _rows.From && row < _rows.To;
        if (!isWhole)
        {
            Picked(image, row, 0, Columns.Count);
            return;
        }
        Picked(image, row, 0, _columns.From);
        Largest(image, row);
        Picked(image, row, _columns.To, Columns.Count);
    }

    /// <summary>Maxima of windows without padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Largest(nint image, int row)
    {
        nint channels = Channels, step = Columns.Stride * channels;
        var from = First + image * ImageSize + ((nint)Rows.At(row, 0) * Columns.Image + Columns.At(_columns.From, 0)) * channels;
        var to = Result + ((image * Rows.Count + row) * Columns.Count + _columns.From) * channels;
        fixed (nint* positions = _positions)
        {
            nint count = _positions.Length;
            for (var column = _columns.From; column < _columns.To; column++, from += step, to += channels)
            {
                nint c = 0;
                for (; c <= channels - V.Count; c += V.Count)
                {
                    var best = V.Load(from + c);
                    for (nint k = 1; k < count; k++) best = V.Max(best, V.Load(from + c + positions[k]));
                    best.Store(to + c);
                }
                if (c == channels) continue;
                var rest = V.Load(from + c);
                for (nint k = 1; k < count; k++) rest = V.Max(rest, V.Load(from + c + positions[k]));
                rest.StorePart(to + c, (int)(channels - c));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Picked(nint image, int row, int firstColumn, int lastColumn)
    {
        nint channels = Channels, start = image * ImageSize;
        var to = Result + ((image * Rows.Count + row) * Columns.Count + firstColumn) * channels;
        var (top, bottom) = Inside(Rows, row);
        for (var column = firstColumn; column < lastColumn; column++, to += channels)
        {
            var (first, last) = Inside(Columns, column);
            for (nint c = 0; c < channels; c += V.Count)
            {
                V best = default, value = default;
                var isFirst = true;
                for (var i = top; i < bottom; i++)
                {
                    var at = start + ((nint)Rows.At(row, i) * Columns.Image + Columns.At(column, first)) * channels + c;
                    for (var j = first; j < last; j++, at += Columns.Dilation * channels)
                    {
                        V x = V.Load(First + at), v = V.Load(Second + at);
                        if (isFirst) (best, value, isFirst) = (x, v, false);
                        else
                        {
                            var wins = Wins(x, best);
                            (best, value) = (V.Select(wins, x, best), V.Select(wins, v, value));
                        }
                    }
                }
                Put(value, to + c, channels - c);
            }
        }
    }

    /// <summary>Whether x comes before a maximum found earlier: greater, or the first NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Wins(V x, V best) => V.Less(best, x) | V.Select(V.Equal(x, x), default, V.Equal(best, best));
}

/// <summary>Each window's number added where the first operand has the window's first maximum.</summary>
internal sealed unsafe class WindowRouteKernel<V, T> : WindowKernel<V, T> where V : struct, IVec<V, T> where T : unmanaged
{
    private readonly nint[] _positions;
    private readonly (int From, int To) _rows, _columns;

    // Whether no element belongs to two windows, so that nothing need be added up.
    private readonly bool _isApart;

    public WindowRouteKernel(Def def, PlanContext context) : base(def, context, "window route", false)
    {
        Channels = def.Operands[0].Dims[^1];
        (_positions, _rows, _columns) = (Positions(), Whole(Rows), Whole(Columns));
        _isApart = Rows.Stride >= Rows.Extent && Columns.Stride >= Columns.Extent;
    }

    protected override nint Channels { get; }

    protected override void Run(nint image, int row)
    {
        new Span<T>(Result + image * ImageSize, (int)ImageSize).Clear();
        for (var r = 0; r < Rows.Count; r++)
        {
            if (r < _rows.From || r >= _rows.To)
            {
                Routed(image, r, 0, Columns.Count);
                continue;
            }
            Routed(image, r, 0, _columns.From);
            if (_isApart) Whole<One>(image, r);
            else Whole<Two>(image, r);
            Routed(image, r, _columns.To, Columns.Count);
        }
    }

    /// <summary>Windows without padding. The maximum is found first; its first place takes the number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Whole<TVisits>(nint image, int row) where TVisits : struct, INumber
    {
        nint channels = Channels, step = Columns.Stride * channels;
        var start = image * ImageSize + ((nint)Rows.At(row, 0) * Columns.Image + Columns.At(_columns.From, 0)) * channels;
        T* x = First + start, to = Result + start;
        var numbers = Second + ((image * Rows.Count + row) * Columns.Count + _columns.From) * channels;
        fixed (nint* positions = _positions)
        {
            nint count = _positions.Length;
            for (var column = _columns.From; column < _columns.To; column++, x += step, to += step, numbers += channels)
            {
                for (nint c = 0; c < channels; c += V.Count)
                {
                    var best = V.Load(x + c);
                    for (nint k = 1; k < count; k++) best = V.Max(best, V.Load(x + c + positions[k]));
                    var isNumber = V.Equal(best, best);
                    var left = V.Load(numbers + c);
                    for (nint k = 0; k < count; k++)
                    {
                        var value = V.Load(x + c + positions[k]);
                        // Where some element is NaN the first NaN is the maximum.
                        var isBest = V.Select(isNumber, V.Equal(value, best), V.Select(V.Equal(value, value), default, V.Equal(V.Ramp, V.Ramp)));
                        var target = to + c + positions[k];
                        var given = V.Select(isBest, left, default);
                        Put(TVisits.N == 1 ? given : V.Load(target) + given, target, channels - c);
                        left = V.Select(isBest, default, left);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Routed(nint image, int r, int firstColumn, int lastColumn)
    {
        nint channels = Channels;
        T* x = First + image * ImageSize, to = Result + image * ImageSize, numbers = Second + ((image * Rows.Count + r) * Columns.Count + firstColumn) * channels;
        var (top, bottom) = Inside(Rows, r);
        for (var column = firstColumn; column < lastColumn; column++, numbers += channels)
        {
            var (first, last) = Inside(Columns, column);
            nint start = ((nint)Rows.At(r, top) * Columns.Image + Columns.At(column, first)) * channels;
            nint down = (nint)Rows.Dilation * Columns.Image * channels, right = Columns.Dilation * channels;
            for (nint c = 0; c < channels; c += V.Count)
            {
                V best = V.Load(x + start + c), winner = default;
                var k = 0;
                for (nint i = 0; i < bottom - top; i++)
                {
                    for (nint j = 0; j < last - first; j++, k++)
                    {
                        if (k == 0) continue;
                        var value = V.Load(x + start + i * down + j * right + c);
                        var wins = WindowPickKernel<V, T>.Wins(value, best);
                        (best, winner) = (V.Select(wins, value, best), V.Select(wins, V.Const(k), winner));
                    }
                }
                var number = V.Load(numbers + c);
                k = 0;
                for (nint i = 0; i < bottom - top; i++)
                {
                    for (nint j = 0; j < last - first; j++, k++)
                    {
                        var target = to + start + i * down + j * right + c;
                        Put(V.Load(target) + V.Select(V.Equal(winner, V.Const(k)), number, default), target, channels - c);
                    }
                }
            }
        }
    }
}
