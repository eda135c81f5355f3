using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Cpu;

/// <summary>What machines without masked stores do instead.</summary>
internal static class Fallback
{
    /// <summary>Stores the first <paramref name="n"/> elements held by <paramref name="vector"/>.</summary>
    public static unsafe void StorePart<TVector, T>(TVector vector, T* p, int n) where TVector : unmanaged where T : unmanaged =>
        Unsafe.CopyBlockUnaligned(p, &vector, (uint)(n * sizeof(T)));
}
