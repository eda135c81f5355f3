using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProbNet.Backends.Cpu;

/// <summary>Copies of matrices whose rows are not adjacent in the source.</summary>
internal static unsafe class Transposition
{
    /// <summary>
    /// to[r, c] = from[r rowStep + c columnStep] for r &lt; rows, c &lt; columns; rows of the result are <paramref name="toStep"/> apart. Steps are in elements.
    /// </summary>
    public static void Copy<T>(T* from, nint rowStep, nint columnStep, T* to, nint toStep, int rows, int columns) where T : unmanaged
    {
        if (rowStep == 1 && sizeof(T) == 4) Turn32((float*)from, columnStep, (float*)to, toStep, rows, columns);
        else if (rowStep == 1 && sizeof(T) == 8) Turn64((double*)from, columnStep, (double*)to, toStep, rows, columns);
        else Plain(from, rowStep, columnStep, to, toStep, 0, rows, 0, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn32(float* from, nint columnStep, float* to, nint toStep, int rows, int columns)
    {
        int wholeRows = Avx.IsSupported ? rows & ~7 : 0, wholeColumns = Avx.IsSupported ? columns & ~7 : 0;
        for (nint c = 0; c < wholeColumns; c += 8)
        {
            for (nint r = 0; r < wholeRows; r += 8) Turn8x8(from + r + c * columnStep, columnStep, to + r * toStep + c, toStep);
        }
        Plain(from, 1, columnStep, to, toStep, wholeRows, rows, 0, columns);
        Plain(from, 1, columnStep, to, toStep, 0, wholeRows, wholeColumns, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn8x8(float* x, nint s, float* y, nint t)
    {
        // Pairs of columns interleaved, then pairs of pairs, then the halves of registers exchanged.
        Vector256<float> c0 = Vector256.Load(x), c1 = Vector256.Load(x + s), c2 = Vector256.Load(x + 2 * s), c3 = Vector256.Load(x + 3 * s);
        x += 4 * s;
        Vector256<float> c4 = Vector256.Load(x), c5 = Vector256.Load(x + s), c6 = Vector256.Load(x + 2 * s), c7 = Vector256.Load(x + 3 * s);
        Vector256<double> a0 = Avx.UnpackLow(c0, c1).AsDouble(), a1 = Avx.UnpackHigh(c0, c1).AsDouble(), a2 = Avx.UnpackLow(c2, c3).AsDouble(), a3 = Avx.UnpackHigh(c2, c3).AsDouble();
        Vector256<double> a4 = Avx.UnpackLow(c4, c5).AsDouble(), a5 = Avx.UnpackHigh(c4, c5).AsDouble(), a6 = Avx.UnpackLow(c6, c7).AsDouble(), a7 = Avx.UnpackHigh(c6, c7).AsDouble();
        Vector256<double> b0 = Avx.UnpackLow(a0, a2), b1 = Avx.UnpackHigh(a0, a2), b2 = Avx.UnpackLow(a1, a3), b3 = Avx.UnpackHigh(a1, a3);
        Vector256<double> b4 = Avx.UnpackLow(a4, a6), b5 = Avx.UnpackHigh(a4, a6), b6 = Avx.UnpackLow(a5, a7), b7 = Avx.UnpackHigh(a5, a7);
        Avx.Permute2x128(b0, b4, 0x20).AsSingle().Store(y);
        Avx.Permute2x128(b1, b5, 0x20).AsSingle().Store(y + t);
        Avx.Permute2x128(b2, b6, 0x20).AsSingle().Store(y + 2 * t);
        Avx.Permute2x128(b3, b7, 0x20).AsSingle().Store(y + 3 * t);
        y += 4 * t;
        Avx.Permute2x128(b0, b4, 0x31).AsSingle().Store(y);
        Avx.Permute2x128(b1, b5, 0x31).AsSingle().Store(y + t);
        Avx.Permute2x128(b2, b6, 0x31).AsSingle().Store(y + 2 * t);
        Avx.Permute2x128(b3, b7, 0x31).AsSingle().Store(y + 3 * t);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn64(double* from, nint columnStep, double* to, nint toStep, int rows, int columns)
    {
        int wholeRows = Avx.IsSupported ? rows & ~3 : 0, wholeColumns = Avx.IsSupported ? columns & ~3 : 0;
        for (nint c = 0; c < wholeColumns; c += 4)
        {
            for (nint r = 0; r < wholeRows; r += 4) Turn4x4(from + r + c * columnStep, columnStep, to + r * toStep + c, toStep);
        }
        Plain(from, 1, columnStep, to, toStep, wholeRows, rows, 0, columns);
        Plain(from, 1, columnStep, to, toStep, 0, wholeRows, wholeColumns, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn4x4(double* x, nint s, double* y, nint t)
    {
        Vector256<double> c0 = Vector256.Load(x), c1 = Vector256.Load(x + s), c2 = Vector256.Load(x + 2 * s), c3 = Vector256.Load(x + 3 * s);
        Vector256<double> a0 = Avx.UnpackLow(c0, c1), a1 = Avx.UnpackHigh(c0, c1), a2 = Avx.UnpackLow(c2, c3), a3 = Avx.UnpackHigh(c2, c3);
        Avx.Permute2x128(a0, a2, 0x20).Store(y);
        Avx.Permute2x128(a1, a3, 0x20).Store(y + t);
        Avx.Permute2x128(a0, a2, 0x31).Store(y + 2 * t);
        Avx.Permute2x128(a1, a3, 0x31).Store(y + 3 * t);
    }

    private static void Plain<T>(T* from, nint rowStep, nint columnStep, T* to, nint toStep, int r0, int r1, int c0, int c1) where T : unmanaged
    {
        for (nint r = r0; r < r1; r++)
        {
            for (nint c = c0; c < c1; c++) to[r * toStep + c] = from[r * rowStep + c * columnStep];
        }
    }
}
