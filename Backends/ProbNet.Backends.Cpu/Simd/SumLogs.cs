namespace ProbNet.Backends.Cpu;

/// <summary>Sums of logarithms for registers that cannot take significands apart.</summary>
internal static class SumLogs
{
    /// <summary>The sum of the logarithms of n elements.</summary>
    public static unsafe double By<V, T>(T* a, nint n) where V : struct, IVec<V, T> where T : unmanaged
    {
        var buffer = stackalloc T[V.Count];
        double sum = 0;
        for (nint k = 0; k < n; k += V.Count)
        {
            V.Log(V.Load(a + k)).Store(buffer);
            sum += V.SumWide(buffer, Math.Min(V.Count, n - k));
        }
        return sum;
    }
}
